"""Base class of every event: frozen, strict data with a type, a family and the subjects it may be about."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from contracts.documented import Documented
from contracts.types.identifiers import SubjectKind

Family = Literal[
    "deal", "activity", "evidence", "customer", "commitment", "receivables", "care", "correction", "policy"
]


_D = TypeVar("_D", bound=BaseModel)


class Data(Documented):
    """Frozen data that refuses fields it does not know and types that only look alike."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def as_newer(self, newer: type[_D], **changed: Any) -> _D:
        """Carry the fields that were given into a newer class that has them; `changed` stand in place of theirs.

        A field that was left out has the newer class's default. Nothing is checked: an event that was recorded counts,
        whatever rules hold today.
        """
        given = {name: getattr(self, name) for name in self.model_fields_set if name in newer.model_fields}
        return newer.model_construct(**(given | changed))


class Event(Data):
    """The data of one type of event. Concrete classes say `type`, `family` and `subjects`."""

    type: ClassVar[str]
    family: ClassVar[Family]
    subjects: ClassVar[frozenset[SubjectKind]]
    renamed: ClassVar[Mapping[str, str]] = {}
    """Names that fields had in older versions, by which published playbooks may still ask for them: new by old."""
    _name: ClassVar[str]

    def __init_subclass__(
        cls,
        *,
        type: str | None = None,
        family: Family | None = None,
        subjects: frozenset[SubjectKind] | SubjectKind | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        if type is not None:
            cls.type = type
            cls._name = type.split(".")[1]
        if family is not None:
            cls.family = family
        if subjects is not None:
            cls.subjects = frozenset({subjects}) if isinstance(subjects, str) else subjects

    @classmethod
    def event_name(cls) -> str:
        """`call_made` for `daybook.call_made.v1`: what `daybook source add --events` and playbooks call it."""
        return cls._name

    @classmethod
    def version(cls) -> int:
        """1 for `daybook.call_made.v1`."""
        return int(cls.type.rpartition(".v")[2])

    def upcast(self) -> "Event":
        """Convert the event to the next version of its class. An event of the newest version returns itself."""
        return self

    def concerns(self) -> frozenset[str]:
        """The deals and accounts that the data names by a field of `_NAMES`."""
        return frozenset(_named(self))


_NAMES = {
    "deal_id": "deal/",
    "account_id": "account/",
    "to_account_id": "account/",
    "into_account_id": "account/",
    "partner_account_id": "account/",
}
"""Kind of subject that a field names, by the field."""


def _named(data: BaseModel) -> list[str]:
    found: list[str] = []
    for name, value in data.__dict__.items():
        if value is None:
            continue
        if name in _NAMES:
            found.append(_NAMES[name] + value)
        elif isinstance(value, tuple):
            for each in value:
                if isinstance(each, BaseModel):
                    found += _named(each)
    return found
