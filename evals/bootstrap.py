"""Intervals for a metric: the percentile bootstrap (Efron, "Bootstrap Methods: Another Look at
the Jackknife", Annals of Statistics 7, 1979; percentile interval: Efron & Tibshirani 1993, ch. 13).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray

__all__ = ["interval", "mean", "sign_test"]

Statistic = Callable[[NDArray[np.float64]], float]


def mean(rows: NDArray[np.float64]) -> float:
    """The arithmetic mean."""
    return float(rows.mean())


def interval(
    rows: Sequence[float] | Sequence[tuple[float, ...]],
    statistic: Statistic = mean,
    *,
    resamples: int = 2000,
    seed: int = 1979,
) -> tuple[float, float] | None:
    """The 95 % interval of a statistic over questions: resample the questions with replacement,
    take the 2.5th and 97.5th percentile.  The same rows and seed give the same interval.

    `rows` has one number (or one tuple of numbers) a question.  None below two rows and where
    resampling changes nothing (all right): an interval without width would claim too much.

    >>> interval([1.0, 0.0] * 50)
    (0.4, 0.6)
    """
    table = np.asarray(rows, dtype=np.float64)
    if len(table) < 2:
        return None
    chosen = np.random.default_rng(seed).integers(0, len(table), size=(resamples, len(table)))
    if statistic is mean and table.ndim == 1:
        drawn = table[chosen].mean(axis=1)
    else:
        drawn = np.array([statistic(table[index]) for index in chosen])
    low, high = np.percentile(drawn[~np.isnan(drawn)], [2.5, 97.5])
    return (float(low), float(high)) if low < high else None


def sign_test(fixed: int, broken: int) -> float:
    """How likely a split of changed verdicts this uneven is by chance: the exact two-sided sign
    test on discordant pairs (McNemar, Psychometrika 12, 1947, in its exact binomial form).

    >>> sign_test(8, 1)
    0.0390625
    """
    n = fixed + broken
    tail = sum(comb(n, k) for k in range(min(fixed, broken) + 1)) / 2**n
    return float(min(1.0, 2 * tail))
