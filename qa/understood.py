"""What a question was understood to mean: a plan with its evidence, and what it was read from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from index.model import Fact
from index.vocabulary import words
from qa.evidence import Evidence
from qa.plan import Plan
from qa.scope import Scope

__all__ = ["STRANGER", "Understanding", "asks_all", "content_runs", "direction_of"]

# Departments and institutions that are named by the end of their names.
STRANGER = re.compile(words("frames")["strangers"])


@dataclass(frozen=True)
class Understanding:
    """What a question means: a plan with its evidence, or why there is none.

    `unexplained` are words of content that nothing found says; `nearest` what came closest."""

    scope: Scope
    plan: Plan | None = None
    evidence: Evidence = field(default_factory=Evidence)
    unexplained: tuple[str, ...] = ()
    nearest: tuple[Fact, ...] = ()


def direction_of(text: str) -> int:
    """What a text takes for granted: 1 a rise, -1 a fall, 0 neither (or both: 是增是减).

    >>> direction_of("公务接待费为什么增加了"), direction_of("预算是增是减")
    (1, 0)
    """
    data = words("questions")["direction"]
    plain = re.sub("|".join(data["neutral"]), "", text)
    up = any(re.search(word, plain) for word in data["up"])
    down = any(re.search(word, plain) for word in data["down"])
    return up - down


def asks_all(text: str) -> bool:
    """Whether a question asks over all departments (各部门, 所有单位)."""
    return re.search(words("frames")["all_departments"], text) is not None


def content_runs(text: str) -> list[str]:
    """The stretches of a text that are content, of two characters and more.

    >>> content_runs("局长的工资是多少")
    ['局长', '工资']
    """
    data = words("questions")
    said = [*data["leftover"]["operators"], *data["filler"], *map(re.escape, data["soft"])]
    expression = "|".join(f"(?:{e})" for e in sorted(said, key=len, reverse=True))
    bare = re.sub(expression, "|", text)
    return [run for run in re.findall(r"[一-龥A-Za-z]+", bare) if len(run) > 1]
