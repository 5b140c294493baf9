"""Long work that pauses, so that its caller can do other work in between. What that is, the work does not know."""

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")

Pausing = Generator[None, None, T]
"""Pauses where it yields, after every event; returns its result."""


def finished(work: Pausing[T]) -> T:
    """The result, without a pause."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result
