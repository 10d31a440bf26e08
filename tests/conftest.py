"""Libraries that several tests ask: each indexed once a session, with an encoder without a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.build import index_paths
from index.embedding import HashingEncoder
from index.library import Library

SAMPLE = Path(__file__).parent.parent / "evals" / "sample"
INVENTED = Path(__file__).parent / "data"


def _indexed(store: Path, *paths: Path) -> Iterator[Library]:
    with Library.open(store, encoder=HashingEncoder()) as library:
        assert all(r.status == "added" for r in index_paths(paths, library))
        yield library


@pytest.fixture(scope="session")
def sample_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The shipped sample: two departments, three years each."""
    yield from _indexed(tmp_path_factory.mktemp("sample"), SAMPLE)


@pytest.fixture(scope="session")
def invented_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One fictional department's budget, with the troubles real ones have."""
    yield from _indexed(tmp_path_factory.mktemp("invented"), INVENTED)


@pytest.fixture(scope="session")
def empty_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A store without a document."""
    yield from _indexed(tmp_path_factory.mktemp("empty"))
