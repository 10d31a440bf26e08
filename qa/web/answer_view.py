"""A conversation as HTML: question, answer, figure, calculation, list, chart, notes, choices.

Buttons carry what they do (`data-act`) and of which turn; the page's script only reports them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from index.figures import plain
from index.units import MONEY, convert, is_money
from qa.amounts import money
from qa.answer import Answer, Calculation
from qa.export import answer_text
from qa.web.chart import bars
from qa.web.markup import button, tag, text
from qa.web.wording import Wording

__all__ = ["conversation", "failed", "pending", "thread", "welcome"]

_MARK = re.compile(r"\[(\d+)\]")
_SHOWN_ITEMS = 60


def welcome(examples: Sequence[str], held: int, say: Wording) -> str:
    """What a first visit sees: what to do, and questions that the store answers."""
    if not held:
        return tag("div", tag("p", text(say("empty_store"))), "welcome")
    said = tag("h2", text(say("welcome"))) + tag("p", text(say("welcome_more")))
    return tag("div", said + _questions(examples), "welcome")


def _questions(questions: Sequence[str]) -> str:
    asked = "".join(tag("li", button(q, "ask", "example", question=q)) for q in questions)
    return tag("ul", asked, "examples")


def conversation(
    answers: Sequence[Answer],
    say: Wording,
    *,
    nearby: Mapping[int, Sequence[str]],
    said: Mapping[int, bool],
    after: str = "",
) -> str:
    """All turns, the latest last; `nearby` are questions near one not found, `said` the feedback
    given, both by turn; `after` is what is still being answered."""
    turns = "".join(
        _turn(n, answer, say, nearby.get(n, ()), said.get(n)) for n, answer in enumerate(answers)
    )
    return tag("ol", turns + after, "talk", role="log", aria_live="polite")


def pending(question: str, stage: str, say: Wording, words: str = "") -> str:
    """A question being answered: at which stage, and the words of a chat model as they come."""
    now = tag("p", text(say(f"stage_{stage}")) + "…", "stage")
    return tag("li", tag("p", text(question), "asked") + now + tag("p", text(words)), "turn")


def failed(question: str, why: str, say: Wording) -> str:
    """A question that could not be answered, for no fault of the documents: why, and what to do."""
    article = tag(
        "article", tag("p", text(say("no_answer")), "status") + tag("p", text(why)), "answer failed"
    )
    return tag("li", tag("p", text(question), "asked") + article, "turn")


def thread(parts: Sequence[str], say: Wording) -> str:
    """What a follow-up would carry over, with a button that clears it."""
    if not parts:
        return ""
    kept = "".join(tag("span", text(part), "chip") for part in parts)
    return tag("div", text(say("thread")) + kept + button(say("clear"), "clear", "link"), "thread")


def _turn(n: int, answer: Answer, say: Wording, nearby: Sequence[str], said: bool | None) -> str:
    parts = [tag("p", text(say(answer.status)), "status")]
    if answer.carried and answer.asked:
        parts.append(tag("p", text(f"{say('carried')}：{answer.asked}"), "carried"))
    parts += [_figure(answer), _text(n, answer)]
    parts += [_choices(n, answer, say) if answer.status == "ambiguous" else _items(n, answer, say)]
    parts += [_work(n, answer.calculation, say), _notes(answer, say)]
    if nearby:
        parts.append(tag("p", text(say("nearby")), "label") + _questions(nearby))
    parts += [_tools(n, answer, say, said)]
    whole = tag("article", "".join(parts), f"answer {answer.status}")
    return tag("li", tag("p", text(answer.question), "asked") + whole, "turn", id=f"turn-{n}")


def _figure(answer: Answer) -> str:
    if answer.value is None or answer.status != "answered":
        return ""
    unit = tag("span", text(answer.unit or ""), "unit")
    return tag("p", tag("b", text(f"{answer.value:,f}")) + unit, "figure")


def _cite(n: int, citation: int) -> str:
    return button(f"[{citation}]", "cite", "cite", turn=n, n=citation)


def _text(n: int, answer: Answer) -> str:
    """The text with its marks as buttons; a `[1]` inside what a document says stays what it is."""
    known = {citation.n for citation in answer.citations}
    literal = [span for name in _printed(answer) for span in _spans(answer.text, name)]
    made, at = [], 0
    for match in _MARK.finditer(answer.text):
        inside = any(a <= match.start() and match.end() <= b for a, b in literal)
        if int(match[1]) in known and not inside:
            made += [text(answer.text[at : match.start()]), _cite(n, int(match[1]))]
            at = match.end()
    made.append(text(answer.text[at:]))
    return tag("div", "".join(made).replace("\n", "<br>"), "text")


def _printed(answer: Answer) -> set[str]:
    """What of an answer's text is copied from documents and looks like it had marks."""
    said = {c.quote.strip() for c in answer.citations} | {c.row for c in answer.citations}
    said |= {name for c in answer.citations if c.fact for name in (c.fact.label, c.fact.reason)}
    said |= {item.label for item, _ in answer.items}
    return {name for name in said if name and _MARK.search(name)}


def _spans(whole: str, name: str) -> list[tuple[int, int]]:
    return [(m.start(), m.end()) for m in re.finditer(re.escape(name), whole)]


def _items(n: int, answer: Answer, say: Wording) -> str:
    items = answer.items[:_SHOWN_ITEMS]
    if len(items) < 2:
        return ""
    rows = "".join(
        tag(
            "tr",
            tag("td", text(item.label))
            + tag("td", text("" if item.value is None else money(item.value, item.unit)), "number")
            + tag("td", "".join(_cite(n, c) for c in marks)),
        )
        for item, marks in items
    )
    heads = "".join(tag("th", text(say(key)), scope="col") for key in ("item", "value", "source"))
    table = tag("table", tag("thead", tag("tr", heads)) + tag("tbody", rows), "items")
    drawn = bars([item for item, _ in items], answer.question)
    return tag("div", drawn, "scroll") + tag("div", table, "scroll")


def _choices(n: int, answer: Answer, say: Wording) -> str:
    """The readings of an ambiguous name: one click chooses."""
    made = [
        tag(
            "li",
            tag("b", text("" if i.value is None else money(i.value, i.unit)), "number")
            + tag("span", text(i.label))
            + tag("span", "".join(_cite(n, c) for c in marks))
            + button(say("choose"), "choose", "choose", turn=n, item=at),
        )
        for at, (i, marks) in enumerate(answer.items)
    ]
    return tag("ul", "".join(made), "choices")


def _work(n: int, work: Calculation | None, say: Wording) -> str:
    """怎么算的: the operands with their places, in one unit, the arithmetic."""
    if work is None:
        return ""
    taken = "".join(
        tag("li", f"{text(o.label)} {text(money(o.value, o.unit))} {_cite(n, c)}")
        for o, c in work.operands
    )
    steps = tag("li", text(say("step_operands")) + tag("ul", taken))
    if same := _converted(work):
        steps += tag(
            "li", text(say("step_units")) + tag("ul", "".join(tag("li", text(s)) for s in same))
        )
    signs = str.maketrans({"*": "×", "/": "÷"})
    result = f"{work.expression.translate(signs)} = {plain(work.result)} {work.unit}"
    steps += tag("li", text(say("step_expression")) + tag("p", text(result), "expression"))
    return tag("details", tag("summary", text(say("how"))) + tag("ol", steps), "work")


def _converted(work: Calculation) -> list[str]:
    """The operands that stand in the expression in another unit than printed."""
    numbers = set(re.findall(r"\d+(?:\.\d+)?", work.expression))
    found = []
    for operand, _ in work.operands:
        if not is_money(operand.unit) or plain(abs(operand.value)) in numbers:
            continue
        for unit in MONEY:
            value = convert(operand.value, operand.unit, unit)
            if plain(abs(value.normalize())) in numbers:
                found.append(
                    f"{money(operand.value, operand.unit).split('（')[0]} = {money(value.normalize() + 0, unit)}"
                )
                break
    return found


def _notes(answer: Answer, say: Wording) -> str:
    notes = "".join(tag("li", text(note)) for note in answer.notes if note not in answer.text)
    return tag("ul", notes, "notes", aria_label=say("notes")) if notes else ""


def _tools(n: int, answer: Answer, say: Wording, said: bool | None) -> str:
    copied = tag("textarea", text(answer_text(answer)), "copytext", hidden="", readonly="")
    tools = button(say("copy"), "copy", "link", done=say("copied")) + copied
    if said is not None:
        return tag("footer", tools + tag("span", text(say("thanks")), "thanks"), "tools")
    tools += button(say("good"), "good", "link", turn=n)
    box = tag(
        "input",
        "",
        "why",
        type="text",
        maxlength=200,
        placeholder=say("why_bad"),
        aria_label=say("why_bad"),
    )
    form = tag("span", box + button(say("submit"), "bad", "link", turn=n), "form", data_form="")
    tools += tag("details", tag("summary", text(say("bad")), "link") + form, "bad")
    return tag("footer", tools, "tools")
