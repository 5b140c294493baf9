"""A mutation of the product, and who must notice it."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).parents[2]
RECOVER_WITHIN_S = "20"
"""A product that was made wrong may never recover; how long that is waited for says no more about it."""


class Plan(NamedTuple):
    """A run of a fault plan."""

    name: str
    seed: int = 1

    @property
    def words(self) -> tuple[str, ...]:
        """Of the command behind `python -m`."""
        return (
            "tests.faults",
            "--plan",
            self.name,
            "--seed",
            str(self.seed),
            "--recover-within",
            RECOVER_WITHIN_S,
            "-v",
        )

    def __str__(self) -> str:
        return f"fault plan {self.name}, seed {self.seed}"


class Test(NamedTuple):
    """A test, or a file of tests, by its path in the repository."""

    path: str

    @property
    def words(self) -> tuple[str, ...]:
        """Of the command behind `python -m`."""
        return ("pytest", "-q", "-x", "-p", "no:cacheprovider", self.path)

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class Mutation:
    """One place of the product made wrong."""

    breaks: str
    """What is no longer so, in the words of the table."""
    file: str
    """Its path in the repository."""
    old: str
    """Stands once in the file."""
    new: str
    notices: Plan | Test
    says: str
    """What whoever notices says, as a regular expression: a failure for another reason is none."""

    def applied(self, text: str) -> str:
        """The file's text, made wrong. Raises DoesNotApply."""
        times = text.count(self.old)
        if times != 1:
            raise DoesNotApply(f"{self.file}: the text to replace stands there {times} times, not once:\n{self.old}")
        return text.replace(self.old, self.new)


class DoesNotApply(Exception):
    """The product has changed: the mutation is to be written anew."""
