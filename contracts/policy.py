"""Dated policy data: statutory terms, published rates and our own thresholds, each with its source.

A policy is looked up by name and day, so a figure about a past day uses what was in force then. `policy.toml` beside
this file holds the data; there is no other list of them.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts.documented import Documented
from contracts.playbooks.playbook import Names
from contracts.rules.canonical import canonical
from contracts.rules.refusals import fault
from contracts.types.identifiers import ItemKey, LongText
from contracts.types.times import CalendarDay

_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,8})?")


class NoSuchPolicy(ValueError):
    """No policy has this name, or none of its values this key; the message names those that exist."""


class NotInForce(ValueError):
    """The policy does not hold on this day yet; the message says from which day it does."""


def _number(value: object) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value)
    raise PydanticCustomError("number", 'must be a whole number, or a decimal as text such as "0.0005"')


Value = Annotated[Decimal, BeforeValidator(_number)]
"""A whole number, or a decimal as text, since TOML's own decimals are floats."""
ValueKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,64}$")]
"""A value's name within its policy: `public_not_agreed`, grade `A`, level `1`."""
Unit = Literal["days", "score", "probability", "rate_per_day", "rate_per_year"]
_WHOLE = ("days", "score")


class _Part(Documented):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Source(_Part):
    """Origin of a version's values, and what was read there."""

    kind: Literal["statute", "publication", "own"]
    """A statute's article, a published figure, or a decision of our own."""
    title: Names
    """The article, the publication, or the reason of our decision."""
    url: Annotated[str, Field(pattern=r"^https?://[!-~]+$", max_length=400)] | None = None
    """Address of the text that was read."""
    says: LongText | None = None
    """Wording or figure that was read, in its language; where nothing was read, what is left to confirm."""
    confirmed: bool
    """True if the text was read and says so. Our own decisions need no confirmation."""

    @model_validator(mode="after")
    def _read_somewhere(self) -> Self:
        if self.kind != "own" and self.confirmed and (self.url is None or self.says is None):
            raise fault((("confirmed",), "is true only with `url`, where it was read, and `says`, what is said there"))
        return self


class Version(_Part):
    """Values of a policy from a day on, until its next version begins."""

    from_on: CalendarDay
    """First day on which the values hold."""
    values: dict[ValueKey, Value] = Field(min_length=1, max_length=50)
    """The values, in the policy's unit."""
    sentence: Names
    """The rule in a sentence, for readers of a figure that was computed with it."""
    sources: tuple[Source, ...] = Field(min_length=1, max_length=20)
    """Sources of all values."""

    @property
    def confirmed(self) -> bool:
        """Tell if all sources are confirmed."""
        return all(each.confirmed for each in self.sources)


class Policy(_Part):
    """A policy with all its versions. A version ends where the next begins, so there is no gap between two."""

    name: ItemKey
    """Names the policy, for ever."""
    names: Names
    """What people call it."""
    unit: Unit
    """Unit of all values. Probabilities and rates are fractions of 1: 0.03 is 3 %."""
    versions: tuple[Version, ...] = Field(min_length=1, max_length=500)
    """In order of their first days."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        found: list[tuple[tuple[str | int, ...], str]] = []
        for index, version in enumerate(self.versions):
            for key, value in version.values.items():
                if self.unit in _WHOLE and value != value.to_integral_value():
                    found.append((("versions", index, "values", key), f"must be a whole number: it is in {self.unit}"))
                elif self.unit not in _WHOLE and not 0 <= value <= 1:
                    found.append((("versions", index, "values", key), "must be a fraction from 0 to 1"))
            if index == 0:
                continue
            before = self.versions[index - 1]
            if version.from_on <= before.from_on:
                reason = f"must be later than {before.from_on}, where the version before begins"
                found.append((("versions", index, "from_on"), reason))
            if gap := before.values.keys() ^ version.values.keys():
                reason = f"has other keys than the version before: {', '.join(sorted(gap))}"
                found.append((("versions", index, "values"), reason))
        if found:
            raise fault(*found)
        return self


class PolicyFile(_Part):
    """All policies, as `policy.toml` holds them."""

    policies: tuple[Policy, ...] = Field(min_length=1, max_length=100)
    """Each name once."""

    @model_validator(mode="after")
    def _each_name_once(self) -> Self:
        names = [each.name for each in self.policies]
        if found := [
            (("policies", index, "name"), f"the name {name!r} is used twice")
            for index, name in enumerate(names)
            if name in names[:index]
        ]:
            raise fault(*found)
        return self


@dataclass(frozen=True, slots=True)
class InForce:
    """The version of a policy that is in force on a day."""

    policy: Policy
    version: Version

    @property
    def id(self) -> str:
        """`late_interest 2025-06-01`: a figure that was computed with it names it so."""
        return f"{self.policy.name} {self.version.from_on}"

    def value(self, key: str) -> Decimal:
        """The value of a key, in the policy's unit. Raises NoSuchPolicy."""
        found = self.version.values.get(key)
        if found is None:
            there = ", ".join(self.version.values)
            raise NoSuchPolicy(f"the policy {self.policy.name} has no value {key!r}; it has {there}")
        return found


class PolicyRow(NamedTuple):
    """One value of one version: a row of the list that SQL reads."""

    name: str
    """The policy."""
    key: str
    """The value's name within the policy."""
    value: Decimal
    """In the policy's unit."""
    from_on: date
    """First day on which it holds."""
    until_on: date | None
    """First day on which it holds no longer; None for the last version."""


def parse(text: str) -> tuple[Policy, ...]:
    """The policies of a TOML text.

    Raises tomllib.TOMLDecodeError, contracts.rules.canonical.NotCanonical or pydantic.ValidationError.
    """
    return PolicyFile.model_validate_json(canonical(tomllib.loads(text))).policies


@cache
def policies() -> tuple[Policy, ...]:
    """All policies, in the order of the file."""
    return parse(files("contracts").joinpath("policy.toml").read_text(encoding="utf-8"))


def in_force(name: str, day: date) -> InForce:
    """The version of a policy that is in force on a day. Raises NoSuchPolicy or NotInForce."""
    policy = next((each for each in policies() if each.name == name), None)
    if policy is None:
        raise NoSuchPolicy(f"there is no policy {name!r}; there are {', '.join(each.name for each in policies())}")
    version = next((each for each in reversed(policy.versions) if each.from_on <= day), None)
    if version is None:
        raise NotInForce(f"the policy {name} holds from {policy.versions[0].from_on} on, not on {day}")
    return InForce(policy, version)


def policy_rows() -> tuple[PolicyRow, ...]:
    """Every value of every version: policies and versions in the order of the file, keys sorted."""
    return tuple(
        PolicyRow(policy.name, key, value, version.from_on, None if after is None else after.from_on)
        for policy in policies()
        for version, after in zip(policy.versions, (*policy.versions[1:], None), strict=True)
        for key, value in version.values.items()
    )
