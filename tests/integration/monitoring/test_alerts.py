"""The alert rules in deploy/prometheus: each metric that they name is there, and each says what to do."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from services.intake.responses import OURS
from tests.integration.monitoring.conftest import SERVICES, Watched
from tests.up import REPOSITORY

FOLDER = REPOSITORY / "deploy" / "prometheus"
OF_PROMETHEUS = {"up": {"job", "instance"}}
"""Metrics that Prometheus makes itself, and what it adds to all others."""
GIVEN = {"job", "instance", "service"}
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
_SELECTOR = re.compile(r"\b([a-zA-Z_:][a-zA-Z0-9_:]*)\b(?!\s*\()\s*(?:\{([^}]*)\})?")
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")
_RANGE = re.compile(r"\[[^\]]*\]")
_WORDS = {"and", "or", "unless", "bool", "offset", "group_left", "group_right", "inf", "nan"}


def rules() -> list[dict[str, Any]]:
    document = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def named(expression: str) -> dict[str, set[str]]:
    """Metrics of an expression, with the labels that they are selected by."""
    bare = _RANGE.sub("", _STRINGS.sub('""', expression))
    bare = _GROUPING.sub("", bare)
    found: dict[str, set[str]] = {}
    for name, matchers in _SELECTOR.findall(bare):
        if name not in _WORDS:
            labels = {each.strip() for each in re.findall(r"([a-zA-Z_]+)\s*(?:=~|!~|!=|=)", matchers)}
            found.setdefault(name, set()).update(labels)
    return found


def grouped(expression: str) -> set[str]:
    """Labels that an expression groups by."""
    return {label.strip() for each in _GROUPING.findall(expression) for label in each.split(",") if label.strip()}


def test_expressions_are_taken_apart() -> None:
    expression = 'sum by (kind) (rate(daybook_x_total{kind=~"a|b",door!="c"}[5m])) > 0.5 * max(daybook_y) or absent(up)'
    assert named(expression) == {"daybook_x_total": {"kind", "door"}, "daybook_y": set(), "up": set()}
    assert grouped(expression) == {"kind"}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_every_rule_says_what_it_means_where_to_look_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"]
    runbook = rule["annotations"]["runbook"]
    assert "\n" not in runbook.strip()
    assert re.fullmatch(r"Means: .+ Look: .+ Do: .+", runbook), runbook


def test_every_refusal_that_is_no_fault_of_a_sender_wakes_somebody() -> None:
    (rule,) = (rule for rule in rules() if rule["alert"] == "DaybookRefusesEvents")
    kinds = re.search(r'kind=~"([^"]+)"', rule["expr"])
    assert kinds is not None
    assert set(kinds[1].split("|")) == set(OURS)
    assert set(OURS) <= set(re.findall(r"\w+", rule["annotations"]["runbook"]))


def test_no_two_rules_have_one_name() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) > 20


@pytest.mark.long
async def test_every_metric_that_a_rule_names_is_there(told: Watched) -> None:
    there = {name: set(labels) for name, labels in OF_PROMETHEUS.items()}
    for service in SERVICES:
        for name, labels in (await told.metrics(service)).labels.items():
            there.setdefault(name, set()).update(labels)
    for rule in rules():
        found = named(rule["expr"])
        assert found, rule["alert"]
        for name, labels in found.items():
            assert name in there, f"{rule['alert']}: no service has {name}"
            assert labels <= there[name] | GIVEN, f"{rule['alert']}: {name} has {there[name]}, not {labels}"
        every = set().union(*(there[name] for name in found)) | GIVEN | {"le"}
        assert grouped(rule["expr"]) <= every, rule["alert"]
        said = set(re.findall(r"\$labels\.([a-z]+)", str(rule["annotations"])))
        assert said <= grouped(rule["expr"]) | GIVEN, rule["alert"]


def test_the_sample_reads_every_service_at_its_usual_port() -> None:
    from services.settings import Settings

    document = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = document["scrape_configs"]
    targets = {each["labels"]["service"]: each["targets"] for each in job["static_configs"]}
    usual = {name: Settings.model_fields[f"{name}_port"].default for name in SERVICES}
    assert targets == {name: [f"127.0.0.1:{port}"] for name, port in usual.items()}
    assert job["job_name"] == "daybook"
    assert document["rule_files"] == [path.name for path in FOLDER.glob("alerts.yml")]
    assert Path(FOLDER / "alerts.yml").exists()
