"""Stored departments and places as names: what each may be called in a question.

A name is places, from the outermost inwards, and a body: the words of a function and the kind of the
office.  A body is said in full, by the first letters of its words (发改委), or with words left out; a
place with or without its kind.

>>> owner = owner_of("棠屿市芷汀区规划和自然资源局")
>>> [said.text for said in owner.said_in("芷汀规划局比上年")]
['芷汀规划局']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from index.vocabulary import alternation, words

__all__ = ["Owner", "Said", "known_place", "owner_of", "vague"]

# Letters from which on a part of a name is hardly another's.
_LONG = 4
_MOST_LEFT_OUT, _SHORTEST = 2, 2
_BRACKETS = re.compile(r"[（(]([^（()）]*)[）)]")
_PEOPLE = re.compile(
    r"^([一-龥]{2,4}?)(?:[一-龥]{1,4}族)*自治([州县旗区])$|^([一-龥]{2,3}?)(?:维吾尔|[壮回]族)?自治(区)$"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch of a question that says an owner's name: `body` whether it says more than the place,
    `bare` whether it could as well be a subject (教育)."""

    start: int
    end: int
    text: str
    body: bool
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose documents some are: a department, or the government of a place (without `bodies`).

    `places` are its places, each as (stem, kind)."""

    name: str
    places: tuple[tuple[str, str], ...]
    bodies: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The innermost place, without its kind; `""` where the name has none."""
        return self.places[-1][0] if self.places else ""

    def said_in(self, text: str, *, loose: bool = False) -> list[Said]:
        """Where a question says this name: department with or without place, government by place;
        `loose` also by a short form or the end of its name without its place (工务署)."""
        if not self.bodies:
            return [s for s in self.places_in(text) if len(s.text) > 1]
        return [s for body in self.bodies for s in self._bodies_in(text, body, loose)]

    @property
    def spellings(self) -> frozenset[str]:
        """Names of the department as they are written most, without its place."""
        data = words("organisations")
        found = set(self.bodies)
        for core, kind in map(_split, self.bodies):
            ends = data["kinds"].get(kind, [kind])
            padding = data["padding"]
            short = "".join(w[0] for w in _words(core) if w not in padding)
            shorts = [f for f in data["departments"] if self.said_in(self.stem + f + ends[-1])]
            found |= {f + e for f in (*_functions(core), core[:2], short, *shorts) for e in ends}
        return frozenset(found)

    def places_in(self, text: str) -> list[Said]:
        """Where a question says the innermost place."""
        if not self.places:
            return []
        stem, kind = self.places[-1]
        outer = _front(self.places[:-1])
        expression = _compiled(f"{outer}{_stem(stem)}(?:{kind}(?!区)|{kind[-1]}(?!区))?")
        return [Said(*m.span(), m[0], False) for m in expression.finditer(text)]

    def _bodies_in(self, text: str, body: str, loose: bool) -> Iterator[Said]:
        front = _front(self.places)
        for form in (*_forms(body), *(_tails(body) if loose else ())):
            expression = _compiled(f"(?P<place>{front})(?P<body>{form.expression})")
            for match in expression.finditer(text):
                said = self._judged(text, match, form, loose)
                if said:
                    yield said

    def _judged(self, text: str, match: re.Match[str], form: _Form, loose: bool) -> Said | None:
        said, place = match["body"], match["place"]
        placed = any(stem in place for stem, _ in self.places) or (
            bool(place) and form.of_government
        )
        if not placed and (vague(said) or form.bare):
            return None
        near = placed or loose or any(stem in text for stem, _ in self.places)
        if not form.whole and not near and len(said) < _LONG:
            return None
        if form.left_out(said) > _MOST_LEFT_OUT or len(said) < _SHORTEST:
            return None
        if not placed and _foreign_before(text, match.start("body"), self):
            return None
        bare = form.bare and not said.endswith(tuple(words("organisations")["fields"]))
        return Said(*match.span(), match[0], True, bare)


@dataclass(frozen=True, slots=True)
class _Form:
    """A way to say a body: `whole` where it leaves no word out, `bare` where it leaves out the kind;
    `words` are those of which some may be left out."""

    expression: str
    whole: bool
    bare: bool = False
    of_government: bool = False
    words: tuple[str, ...] = ()

    def left_out(self, said: str) -> int:
        """How many words that tell something a stretch leaves out."""
        padding = words("organisations")["padding"]
        if self.words and sum(w[0] in said for w in self.words) < 2 and self.words[0] not in said:
            return len(self.words)
        return sum(w[0] not in said and w not in padding for w in self.words)


@cache
def owner_of(name: str, aliases: tuple[str, ...] = ()) -> Owner:
    """A stored organisation as a name."""
    plain = _BRACKETS.sub("", name)
    places, body = _places(plain)
    others = [inner for inner in _BRACKETS.findall(name) if _named(inner)]
    bodies = [body, *(_places(other)[1] for other in (*others, *aliases))] if body else []
    bodies = [_BRACKETS.sub("", b) for b in bodies]
    bodies += [inner for b in bodies for inner in _parts(b)]
    return Owner(name, places, tuple(dict.fromkeys(b for b in bodies if len(b) > 1)))


def vague(said: str) -> bool:
    """Whether a word for a department is any department's: 管理局, 办公室."""
    return said in words("organisations")["generic"]


def known_place(said: str) -> bool:
    """Whether a word is a province or a city by its usual name."""
    return said in words("organisations")["known"]


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _named(inner: str) -> bool:
    """Whether what a name has in brackets is another name, not the part it is of (本级)."""
    return len(inner) > 3 and inner not in words("organisations")["parts"]


@cache
def _place_expression() -> re.Pattern[str]:
    kinds = words("organisations")["places"]
    return re.compile(f"([一-龥]{{2,8}}?)({kinds})(?=[一-龥]{{2}}|$)")


def _places(name: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """A name's places and the rest of it."""
    places = []
    name = name.removeprefix("中共")
    while match := _place_expression().match(name):
        if people := _PEOPLE.match(match[0]):
            stem, kind = (people[1] or people[3]), (people[2] or people[4])
        else:
            stem, kind = match[1], match[2]
        places.append((stem, kind))
        name = name[match.end() :]
    if name.startswith("人民政府") and len(name) > 8:
        name = name.removeprefix("人民政府")
    return tuple(places), name


def _parts(body: str) -> Iterator[str]:
    """A body inside another: 公安局交通管理支队 is also called 交通管理支队."""
    for match in re.finditer("局|委员会|厅", body):
        if match.start() > 1 and len(body) - match.end() >= _LONG:
            yield body[match.end() :]
    if body.startswith("委") and len(body) > _LONG:
        yield body[1:]


def _split(body: str) -> tuple[str, str]:
    """The words of a body's function, and its kind."""
    padding = tuple(words("organisations")["padding"])
    for kind in sorted(words("organisations")["kinds"], key=len, reverse=True):
        # 监督管理委员会 is a 委员会 that supervises, no 管理委员会.
        doubled = kind.startswith(padding) and body.removesuffix(kind).endswith(padding)
        if body.endswith(kind) and not doubled:
            return body[: -len(kind)], kind
    return body[:-1], body[-1:]


def _stem(stem: str) -> str:
    """A place's name; 洲 is often written for 州."""
    return re.escape(stem).replace("州", "[州洲]")


def _front(places: Iterable[tuple[str, str]]) -> str:
    """What may stand before a body: any of its places, with or without their kinds, or kinds alone."""
    return "".join(
        f"(?:(?:{_stem(stem)})?(?:{kind}|{kind[-1]})|{_stem(stem)})?" for stem, kind in places
    )


@cache
def _forms(body: str) -> tuple[_Form, ...]:
    """How a body is said: in full, shortened, with words left out, without its kind."""
    data = words("organisations")
    core, kind = _split(body)
    ends = alternation(data["kinds"].get(kind, [kind]))
    if not core:
        return (_Form(ends, True, of_government=True),)
    forms = [_Form(re.escape(body), True)]
    for function in _functions(core):
        said = _words(function)
        complete = _shortened(said)
        forms.append(_Form(complete + ends, True))
        if len(function) > 1:
            forms.append(_Form(_bare(complete), True, bare=True))
        if len(said) > 1:
            forms.append(_Form(_initial(said[0]) + _optional(said[1:]) + ends, False, words=said))
        tail = re.split(f"[{''.join(data['joints'])}]", function)[-1]
        if _LONG <= len(tail) < len(function):
            forms.append(_Form(re.escape(tail) + ends, False))
    return tuple(forms)


@cache
def _tails(body: str) -> tuple[_Form, ...]:
    """The end of a body from one of its words on: 工务署 of 建筑工务署."""
    data = words("organisations")
    core, kind = _split(body)
    ends = alternation(data["kinds"].get(kind, [kind]))
    said = _words(core)
    return tuple(
        # A word before it would make it another's name.
        _Form(rf"(?<![一-龥]){re.escape(''.join(said[n:]))}{ends}", False)
        for n in range(1, len(said))
        if any(word not in data["padding"] for word in said[n:])
    )


def _shortened(said: Sequence[str]) -> str:
    """All words of a function, by their first letters or in full; 管理 and the like may be missing."""
    padding = words("organisations")["padding"]
    if len(said) == 1:
        return re.escape(said[0])
    return _joint().join(
        f"(?:{_initial(word)})?" if i and word in padding else _initial(word)
        for i, word in enumerate(said)
    )


def _optional(said: Sequence[str]) -> str:
    return "".join(f"(?:{_joint()}{_initial(word)})?" for word in said)


def _initial(word: str) -> str:
    return f"{word[0]}(?:{word[1:]})?" if len(word) > 1 else word


def _joint() -> str:
    return f"(?:{alternation(words('organisations')['joints'])})?"


def _bare(complete: str) -> str:
    data = words("organisations")
    ends = f"(?:{alternation(data['fields'])}|(?!{alternation(data['subjects'])}))"
    return f"(?=[一-龥]{{2}})(?>{complete}){ends}"


def _functions(core: str) -> list[str]:
    """A function as its name prints it, and as people say it."""
    data = words("organisations")
    found = [core]
    for same in data["alike"]:
        for word in same:
            if core.endswith(word):
                found += [core.removesuffix(word) + other for other in same if other != word]
    found += [short for short, full in data["usual"].items() if core in (full, full + "管理")]
    return found


def _words(function: str) -> tuple[str, ...]:
    """A function's words: pairs of letters between its joints, an odd one with the pair before.

    >>> _words("规划和自然资源"), _words("工业和信息化"), _words("公安局交通管理")
    (('规划', '自然', '资源'), ('工业', '信息化'), ('公安局', '交通', '管理'))
    """
    found: list[str] = []
    joints = "".join(words("organisations")["joints"])
    for part in re.split(f"[{joints}]|(?<=..[局厅])", function):
        cuts = list(range(0, max(len(part) - 1, 1), 2))
        found += [part[i:j] for i, j in zip(cuts, [*cuts[1:], len(part)], strict=True)]
    return tuple(word for word in found if word)


def _foreign_before(text: str, at: int, owner: Owner) -> bool:
    """Whether another place stands right before a body: 广州民政局 is not 惠州市民政局."""
    own = {stem for stem, _ in owner.places}
    return any(
        known_place(stem) and stem not in own
        for start in range(max(0, at - 6), at - 1)
        for stem in (text[start:at], text[start : at - 1])
        if stem == text[start:at] or text[at - 1] in "省市州盟区县"
    )
