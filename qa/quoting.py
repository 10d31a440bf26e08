"""What of a place is quoted: the cell, the sentences that answer, or the whole list it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.captions import squeeze
from index.library import Library
from index.model import Passage
from index.reasons import reason_in, sentences
from index.sections import numbering
from qa.cells import Cell
from qa.understanding.names import Words
from qa.understanding.overlap import says
from qa.understanding.passages import Intent, Place, several, titled
from qa.verify import is_instruction

__all__ = ["Part", "parts_of", "passages_around", "trusted"]

Part = tuple[Passage, str, Cell | None]

# The most members of a list, its greatest length in whole sentences, and how long a paragraph may be
# that its heading makes one of a list.
_MOST_LISTED, _LONGEST, _MEMBER = 16, 1300, 240
# How much of what a paragraph says with its headings the headings must say for it to be theirs.
_NAMED = 0.6
# … and how little of the question its own words may say where the heading is the kind of answer.
_LITTLE = 0.35
_ORDINAL = re.compile(r"[一二三四五六七八九十]{1,2}是|第[一二三四五六七八九十]{1,2}[,，]")


def parts_of(place: Place, said: Words, intent: Intent, library: Library) -> list[Part]:
    """The parts of a place that answer, each with its passage and its cell."""
    passage = place.passage
    if place.cell:
        return [(passage, place.cell.text, place.cell)]
    if (intent != "why" or begins_list(passage)) and (listed := _list_of(passage, said, library)):
        return [(p, text, None) for p, text in listed]
    text = trusted(passage.text)
    return [(passage, _reasoned(text, said) if intent == "why" else text, None)]


def trusted(text: str) -> str:
    """A text without what speaks to its reader: the longest run of sentences that do not."""
    runs = [""]
    for sentence in sentences(text):
        if is_instruction(sentence):
            runs.append("")
        else:
            start = text.find(sentence, text.find(runs[-1]) + len(runs[-1]))
            first = text.find(runs[-1]) if runs[-1] else start
            runs[-1] = text[first : start + len(sentence)]
    return text if len(runs) == 1 else max(runs, key=len)


def _reasoned(text: str, said: Words) -> str:
    """The sentences from the one that names the subject to the one that gives its reason."""
    parts = list(sentences(text))
    if len(squeeze(text)) <= 160 or len(parts) < 2:
        return text
    giving = [n for n, s in enumerate(parts) if reason_in(s)]
    if not giving:
        return text
    last = max(giving, key=lambda n: says(said, parts[n]))
    first = max(range(last + 1), key=lambda n: (says(said, parts[n]), n))
    if re.search(r"一是|[:：]\s*1[.．、]", parts[last]):
        # A reason with several members goes on to the last of them.
        last = len(parts) - 1
    start = text.find(parts[first])
    return text[start : text.find(parts[last], start) + len(parts[last])]


# ---------------------------------------------------------------- lists


def begins_list(passage: Passage) -> bool:
    return passage.text.rstrip().endswith(("：", ":"))


def _list_of(passage: Passage, said: Words, library: Library) -> list[tuple[Passage, str]]:
    """The whole list that a passage begins or is a member of, each member with what is quoted of it:
    what follows a colon, what stands under the heading that the question names, or the members
    beside it where the question asks for several."""
    around = passages_around(passage, library)
    if begins_list(passage):
        listed = _members_after(passage, around)
    elif _under_heading(passage, said):
        listed = [p for p in around if p.section == passage.section]
    elif several(said):
        listed = _beside(passage, around, said)
    else:
        listed = []
    return _within_length(listed) if len(listed) > 1 and passage in listed else []


def passages_around(passage: Passage, library: Library) -> list[Passage]:
    document, _, number = passage.id.rpartition(":")
    at = int(number)
    ids = [f"{document}:{n}" for n in range(max(0, at - _MOST_LISTED), at + 2 * _MOST_LISTED)]
    return [p for p in library.passages(ids) if p.kind == passage.kind]


def _place(passage: Passage) -> int:
    return int(passage.id.rpartition(":")[2])


def _style(text: str) -> str:
    """How a member of a list is numbered: `一是`, or the rank of its number; `""` for none."""
    plain = squeeze(text)
    if _ORDINAL.match(plain):
        return "是" if plain[1:2] == "是" or plain[2:3] == "是" else "第"
    number = numbering(plain)
    return str(number.rank) if number else ""


def _members_after(passage: Passage, around: Iterable[Passage]) -> list[Passage]:
    """A passage that ends with a colon and what follows in its section or below; where the first
    that follows is numbered, the last member of that kind of number ends the list."""
    depth, own = len(passage.section), _style(passage.text)
    after = [p for p in around if _place(p) > _place(passage)]
    kept: list[Passage] = []
    for one in after:
        if one.section[:depth] != passage.section or (own and _style(one.text) == own):
            break
        kept.append(one)
    style = _style(kept[0].text) if kept else ""
    if style:
        last = max(n for n, p in enumerate(kept) if _style(p.text) == style)
        kept = kept[: last + 1]
    return [passage, *kept]


def _under_heading(passage: Passage, said: Words) -> bool:
    """Whether the headings above a passage name what is asked for, rather than its own words."""
    headings = "|".join(passage.section[-2:])
    own = passage.section[-1] if passage.section else ""
    if len(squeeze(passage.text)) > _MEMBER:
        return False
    if titled(said, passage) and says(said, passage.text) <= _LITTLE * sum(said.weights):
        return True
    if not says(said, own):
        return False
    return says(said, headings) >= _NAMED * says(said, f"{headings}|{passage.text}")


def _beside(passage: Passage, around: Sequence[Passage], said: Words) -> list[Passage]:
    """The members beside a numbered one, with the sentence that begins their list, where that or
    its heading says what is asked for."""
    style = _style(passage.text)
    same = [p for p in around if p.section == passage.section]
    if not style or passage not in same:
        return []
    at = same.index(passage)
    first = last = at
    while first > 0 and _style(same[first - 1].text) == style:
        first -= 1
    while last + 1 < len(same) and _style(same[last + 1].text) == style:
        last += 1
    begins = same[first - 1 : first] if first and begins_list(same[first - 1]) else []
    lead = "|".join((*passage.section[-1:], *(p.text for p in begins)))
    told = says(said, lead) >= 0.5 * says(said, passage.text) > 0
    return [*begins, *same[first : last + 1]] if told else []


def _within_length(listed: Sequence[Passage]) -> list[tuple[Passage, str]]:
    """The members in full; where that is too long, the first sentence of each numbered one; where
    that is too long still, as many as there is room for."""
    told = [(p, trusted(p.text)) for p in listed[: _MOST_LISTED + 1]]
    if sum(len(text) for _, text in told) > _LONGEST:
        numbered = [(p, re.split(r"(?<=[。！？])", text)[0]) for p, text in told if _style(text)]
        told = [*([told[0]] if not _style(told[0][1]) else []), *numbered] or told
    kept: list[tuple[Passage, str]] = []
    length = 0
    for one in told:
        length += len(one[1])
        if length > _LONGEST and kept:
            break
        kept.append(one)
    return kept
