"""Questions answered from a library of budget documents: `ask(question, library) -> Answer`."""

from qa.answer import Answer, Citation
from qa.pipeline import ask, ask_stream, choose, passages_chain
from qa.retriever import HybridRetriever

__all__ = [
    "Answer",
    "Citation",
    "HybridRetriever",
    "ask",
    "ask_stream",
    "choose",
    "passages_chain",
]
