"""How a question was read, for people: clauses, frames, the best figures with their features.

python -m qa "问题" --trace
"""

from __future__ import annotations

from collections.abc import Iterator

from index.library import Library
from qa.conversation import resolve
from qa.knowledge import knowledge_of, scope_in
from qa.understanding.assigning import Assigned
from qa.understanding.binding import Bound
from qa.understanding.features import features
from qa.understanding.reading import Clause, read

__all__ = ["traced"]

_MOST = 5


def traced(question: str, library: Library) -> Iterator[str]:
    """The lines of a trace: what was recognised, what was tried, why the others lost."""
    knowledge = knowledge_of(library)
    followed = resolve(question, (), knowledge.lexicon)
    scope = scope_in(followed.question if followed else question, knowledge)
    reading = read(scope, library, knowledge.lexicon)
    said = reading.said
    yield f"问题：{said.text}"
    yield f"名称：{'、'.join(said.text[n.start : n.end] for n in said.names) or '（无）'}"
    weights = zip(said.text, said.weights, strict=True)
    yield "内容：" + "".join(char if weight > 0 else "·" for char, weight in weights)
    yield f"单位：{'、'.join(scope.organisations) or '（没有说）'}；年份：{scope.years or '（没有说）'}"
    for clause in reading.clauses:
        yield from _clause(clause, said.text)


def _clause(clause: Clause, text: str) -> Iterator[str]:
    yield f"\n分句“{text[slice(*clause.span)]}”：{clause.intent}"
    yield f"  试过的读法：{'、'.join(f.operation for f in clause.frames) or '（无）'}"
    for bound in clause.bound[:_MOST]:
        taken = "←" if bound is clause.best else ""
        yield f"  {bound.frame.operation} 把握 {bound.sure:.2f} {bound.plan} {taken}"
        yield from _figures(bound)


def _figures(bound: Bound) -> Iterator[str]:
    for assigned in bound.assigned:
        yield f"    空位 {_slot(assigned)}：把握 {assigned.sure:.2f}"
        for choice in assigned.ranked[:_MOST]:
            fact = choice.facts[0]
            place = "/".join((*fact.path, fact.label))
            named = {k: round(v, 2) for k, v in features(choice.best).items() if v}
            yield (
                f"      {choice.score:6.2f} {place} {fact.measure} {fact.value} {fact.unit} {fact.year}"
                f" {fact.level}{fact.basis} 《{fact.table_title}》 {named}"
            )


def _slot(assigned: Assigned) -> str:
    slot = assigned.slot
    said = (*slot.organisations, *map(str, slot.years), slot.level, *slot.basis, slot.kind)
    return " ".join(part for part in said if part)
