"""Which stored departments, places and documents a question names: the best reading of its names
together.

Each stored name is looked for by itself; of names that overlap the longest is meant, of departments
that share a body (民政局) those whose place is said.  A place alone stands for its government's
documents, else for those of its departments; a row that only one department has stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from index.library import StoredDocument
from index.vocabulary import alternation, words
from qa.organisations import Owner, Said, known_place, owner_of, vague
from qa.question import Question

__all__ = ["Linked", "linked"]

_SHORTEST_ROW, _HINT = 4, 4
Found = tuple[Said, Owner]


@dataclass(frozen=True, slots=True)
class Linked:
    """What a question names: `named` says where which organisation, `marks` what else is explained by
    them; `documents` are those left."""

    organisations: tuple[str, ...]
    documents: tuple[StoredDocument, ...]
    named: tuple[tuple[int, int, str], ...] = ()
    marks: tuple[tuple[int, int], ...] = ()


def linked(
    question: Question,
    documents: tuple[StoredDocument, ...],
    rows: Mapping[str, Sequence[str]],
) -> Linked:
    """The organisations and documents that a question names; all documents where it names none.
    `rows` are the labels of each document's tables."""
    text = question.text
    owners = _owners(documents)
    ruled = {owner.stem for owner in owners if not owner.bodies}
    found = [
        (said, owner)
        for owner in owners
        for said in _apart(owner.said_in(text))
        # Beside a government's documents 教育 is what it spends on.
        if not (said.bare and owner.stem in ruled)
    ]
    found = _longest([*found, *_enumerated(owners, text)]) or _loosely(owners, text)
    found, marks = _told_apart(_not_as_owner(found, text), text)
    marks += _own_places(found, text)
    beside = _beside(found, owners, text)
    if beside:
        spans = tuple((said.start, said.end) for said, _ in found)
        return Linked((), _of({o.name for _, o in found} | beside, documents), marks=spans)
    open_places = (
        [] if question.level or _of_government(text) else _places_alone(found, owners, text)
    )
    found += [(said, of[0]) for said, of in open_places if len(of) == 1]
    if not found and (row_of := _by_row(text, owners, documents, rows)):
        return Linked((row_of,), _of({row_of}, documents))
    if not found and open_places:
        return Linked((), _of({o.name for _, of in open_places for o in of}, documents))
    marks += tuple(span for said, _ in found if (span := _outer_place(said, text)))
    marks += tuple(m.span() for said, _ in found if (m := _fields().match(text, said.end)))
    named = tuple(sorted((s.start, s.end, o.name) for s, o in found))
    names = tuple(dict.fromkeys(name for _, _, name in named))
    return Linked(names, _of(set(names), documents) if names else documents, named, marks)


def _of(names: set[str], documents: Sequence[StoredDocument]) -> tuple[StoredDocument, ...]:
    return tuple(d for d in documents if d.profile.organisation in names)


def _owners(documents: Sequence[StoredDocument]) -> list[Owner]:
    names: dict[str, set[str]] = {}
    for document in documents:
        if document.profile.organisation:
            names.setdefault(document.profile.organisation, set()).update(document.profile.aliases)
    return [owner_of(name, tuple(sorted(aliases))) for name, aliases in names.items()]


def _apart(said: Sequence[Said]) -> list[Said]:
    """The longest stretches that do not overlap."""
    kept: list[Said] = []
    for one in sorted(said, key=lambda s: (s.start - s.end, s.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return kept


def _longest(found: Sequence[Found]) -> list[Found]:
    """Without the stretches that lie inside a longer one."""
    return [
        (said, owner)
        for said, owner in found
        if not any(
            other.start <= said.start
            and said.end <= other.end
            and other.end - other.start > said.end - said.start
            for other, _ in found
        )
    ]


def _not_as_owner(found: list[Found], text: str) -> list[Found]:
    """Without a place that is said only as that of departments (深圳各部门的), where one of them is
    named."""
    every = re.compile(words("frames")["all_departments"])
    ends = {(owner.stem, said.end) for said, owner in found if owner.bodies}
    placed = {stem for stem, _ in ends}
    return [
        (said, owner)
        for said, owner in found
        if owner.bodies
        or owner.stem not in placed
        # 深圳各部门的, 统计局(深圳): the place of a department, not whose the money is.
        or not (
            every.match(text, said.end)
            or (text[said.start - 1 : said.start] == "(" and (owner.stem, said.start - 1) in ends)
        )
    ]


def _loosely(owners: Sequence[Owner], text: str) -> list[Found]:
    """The one department that a question may mean by a short form without its place."""
    found = [(s, o) for o in owners for s in _apart(o.said_in(text, loose=True)) if not s.bare]
    return _longest(found) if len({owner.name for _, owner in found}) == 1 else []


def _own_places(found: Sequence[Found], text: str) -> tuple[tuple[int, int], ...]:
    """Where the place of a department that is named stands apart from its name: 统计局(深圳)."""
    return tuple(
        (place.start, place.end)
        for said, owner in found
        if owner.bodies
        for place in owner.places_in(text)
        if place.end <= said.start or said.end <= place.start
    )


def _enumerated(owners: Sequence[Owner], text: str) -> list[Found]:
    """Departments of one place that are listed by their functions alone: 霁川的民政、审计、统计."""
    found: list[Found] = []
    for stem in dict.fromkeys(o.stem for o in owners if o.bodies and o.stem):
        of = [o for o in owners if o.bodies and o.stem == stem]
        for place in of[0].places_in(text):
            at = place.end + text.startswith("的", place.end)
            listed: list[Found] = []
            while match := _LISTED.match(text, at):
                said = next((o for o in of if _is_called(o, stem + match[1])), None)
                if said is None:
                    break
                listed.append((Said(match.start(1), match.end(1), match[1], True), said))
                at = match.end()
            if len(listed) > 1:
                found += listed
    return found


# A function in a list, with what stands behind it: another one, or what counts them (这五家, 两个局).
_LISTED = re.compile(
    r"([一-龥]{2,4}?)(?:[、,和与及跟]|(?=[这那]?[两三四五六七八九十\d]+[家个]|等|都|各|分别))"
)


def _is_called(owner: Owner, name: str) -> bool:
    """Whether a department goes by a name, with or without its kind."""
    names = (name, *(name + body[-1] for body in owner.bodies[:1]))
    return any(said.body and said.text == n for n in names for said in owner.said_in(n))


def _told_apart(found: list[Found], text: str) -> tuple[list[Found], tuple[tuple[int, int], ...]]:
    """Departments that one stretch could name (民政局) are told apart by the places said elsewhere;
    with what is explained besides."""
    kept: list[Found] = []
    marks: list[tuple[int, int]] = []
    for said, owner in found:
        rivals = [o for s, o in found if (s.start, s.end) == (said.start, said.end)]
        placed = {o.name: place for o in rivals if (place := _place_of(o, said, text))}
        if len(rivals) < 2 or not placed:
            kept.append((said, owner))
        elif owner.name in placed:
            place = placed[owner.name]
            alone = len(placed) == 1
            kept.append((said if alone else place, owner))
            marks.append((place.start, place.end) if alone else (said.start, said.end))
    return kept, tuple(dict.fromkeys(marks))


def _place_of(owner: Owner, said: Said, text: str) -> Said | None:
    """Where the place of a department is said outside of a stretch."""
    places = owner.places_in(text)
    return next((p for p in places if p.end <= said.start or said.end <= p.start), None)


@cache
def _fields() -> re.Pattern[str]:
    """All that belongs to a department: 民政局系统."""
    return re.compile(alternation(words("organisations")["fields"]))


def _outer_place(said: Said, text: str) -> tuple[int, int] | None:
    """A province or a city right before a name: 安徽 in 安徽宿州."""
    kind = re.compile(f"(?:{words('organisations')['places']})$")
    spans = ((at, said.start) for at in range(max(0, said.start - 4), said.start - 1))
    return next(((a, b) for a, b in spans if known_place(kind.sub("", text[a:b]))), None)


def _beside(found: Sequence[Found], owners: Sequence[Owner], text: str) -> set[str]:
    """Departments of a place that is named as a whole, whose function the question is about."""
    stems = {owner.stem for _, owner in found if not owner.bodies}
    return {
        o.name
        for o in owners
        if o.bodies
        and o.stem in stems
        and any(len(body) > _HINT and body[:_HINT] in text for body in o.bodies)
        and all(owner.name != o.name for _, owner in found)
    }


def _places_alone(
    found: Sequence[Found], owners: Sequence[Owner], text: str
) -> list[tuple[Said, list[Owner]]]:
    """Places that are said without a department, with the departments there; none where the question
    goes on to name another department of the place, or a government's documents are stored."""
    taken = {owner.stem for _, owner in found} | {o.stem for o in owners if not o.bodies}
    open_places = []
    for stem in dict.fromkeys(o.stem for o in owners if o.stem and o.stem not in taken):
        of = [o for o in owners if o.stem == stem]
        places = of[0].places_in(text)
        if places and not any(_department().match(text, p.end) for p in places):
            open_places.append((places[0], of))
    return open_places


@cache
def _department() -> re.Pattern[str]:
    """A department, right behind its place."""
    stranger = words("frames")["strangers"]
    functions = alternation(words("organisations")["departments"])
    return re.compile(
        f"[市区县]?(?:{stranger}|[一-龥]{{2,4}}?委(?![托员派外])|{functions}(?:系统|部门))"
    )


def _of_government(text: str) -> bool:
    """Whether the money of a place as a whole is asked for."""
    return any(word in text for word in words("organisations")["of_government"])


def _by_row(
    text: str,
    owners: Sequence[Owner],
    documents: Sequence[StoredDocument],
    rows: Mapping[str, Sequence[str]],
) -> str:
    """The one department that has a row for the institution that a question names."""
    having = {
        document.profile.organisation
        for document in documents
        if document.profile.organisation
        and any(_institution(row, text) for row in rows.get(document.name, ()))
    }
    return having.pop() if len(having) == 1 else ""


def _institution(row: str, text: str) -> bool:
    """Whether a row is an institution that a question names, with or without the place in front."""
    ends = tuple(words("organisations")["units"])
    if not row.endswith(ends) or len(row) < _SHORTEST_ROW:
        return False
    short = owner_of(row).bodies[:1]
    return any(len(n) >= _SHORTEST_ROW and not vague(n) and n in text for n in (row, *short))
