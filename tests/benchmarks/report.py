"""Findings of a run, as JSON and as a Markdown table."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.figure import Found, Ratio

_WORDS = {True: "met", False: "**missed**"}


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a run, finished or not."""

    machine: Mapping[str, Any]
    quick: bool
    repeats: Mapping[str, int]
    """How often each section was measured."""
    found: Sequence[Found]

    def write(self, directory: Path, name: str) -> None:
        """`<name>.json` and `<name>.md`."""
        directory.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"
        (directory / f"{name}.json").write_text(text)
        (directory / f"{name}.md").write_text(self.markdown())

    def markdown(self) -> str:
        """The machine, then a table for each section."""
        lines = ["# What this machine does", ""]
        if self.quick:
            lines += ["A quick run: everything in small, to see that it runs. The figures mean nothing.", ""]
        lines += [f"- {key.replace('_', ' ')}: {value}" for key, value in self.machine.items()]
        lines += ["", "Values are medians of the repeats; ratios are medians of each repeat's ratio."]
        for section, repeats in self.repeats.items():
            lines += ["", f"## {section} ({repeats} repeats)" if repeats != 1 else f"## {section} (once)", ""]
            lines += ["| what | value | beside | ratio | wanted |", "| --- | ---: | --- | ---: | --- |"]
            for each in self.found:
                if each.section == section:
                    lines += _rows(each)
        return "\n".join(lines) + "\n"


def _rows(found: Found) -> Iterator[str]:
    """One row, and one more for each further thing beside it."""
    name, value, wanted = found.name, f"{_number(found.value)} {found.unit}", _wanted(found, f" {found.unit}")
    if not found.beside:
        yield f"| {name} | {value} | | | {wanted} |"
    for each in found.beside:
        both = "; ".join(filter(None, (wanted, _wanted(each, ""))))
        yield f"| {name} | {value} | {each.what}: {_number(each.value)} | {each.ratio:.2f} | {both} |"
        name = value = wanted = ""


def _wanted(of: Found | Ratio, unit: str) -> str:
    if of.met is None:
        return ""
    limits = [f"≥ {_number(of.least)}{unit}"] if of.least is not None else []
    limits += [f"≤ {_number(of.most)}{unit}"] if of.most is not None else []
    return f"{' and '.join(limits)}: {_WORDS[of.met]}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
