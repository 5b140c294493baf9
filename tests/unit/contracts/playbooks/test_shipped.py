from decimal import Decimal

import pytest

from contracts.playbooks import shipped as module
from contracts.playbooks.playbook import Item, Playbook, Satisfier
from contracts.playbooks.shipped import shipped, shipped_files


@pytest.fixture(scope="module")
def project() -> Playbook:
    return next(each for each in shipped() if each.key == "project")


@pytest.fixture(scope="module")
def crm_claims() -> Playbook:
    return next(each for each in shipped() if each.key == "crm_claims")


def test_the_win_probability_of_a_project_steps_up_stage_by_stage(project: Playbook) -> None:
    assert [stage.probability * 100 for stage in project.stages] == [10, 20, 25, 30, 50, 75, 90, 100]


def test_a_project_has_the_eight_stages_of_seed_004_beside_the_customers_eight(project: Playbook) -> None:
    assert [stage.names.zh for stage in project.stages] == [
        "客户规划与电话邀约",
        "客户拜访与初步调研",
        "提交初步方案",
        "方案演示与技术交流",
        "需求分析与正式方案设计",
        "项目评估",
        "商务谈判",
        "签约成交",
    ]
    customer = [stage.customer_stage for stage in project.stages]
    assert [each.number for each in customer if each is not None] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_every_stage_of_a_project_asks_for_the_customers_commitment(project: Playbook) -> None:
    assert [stage.commitment is not None for stage in project.stages] == [True] * 8


def test_the_bands_of_a_project_never_go_back(project: Playbook) -> None:
    order = ["potential", "intent", "negotiation", "closing"]
    bands = [order.index(stage.band) for stage in project.stages]
    assert bands == sorted(bands)
    assert set(bands) == {0, 1, 2, 3}


def test_stage_1_of_a_project_is_seed_004_in_full(project: Playbook) -> None:
    first = project.stages[0]
    kinds = [condition.kind for condition in first.conditions]
    assert {kind: kinds.count(kind) for kind in kinds} == {"process": 5, "relationship": 1, "information": 12}
    assert [(each.key, each.proved_by is not None) for each in first.appraisal] == [
        ("prospects_developed", True),
        ("handlers_reached", True),
    ]
    assert first.milestones == (_item(first.milestones, "customer_interested", "call_made", outcome="interested"),)
    assert first.criteria == (_item(first.criteria, "meeting_confirmed", "appointment_made"),)


def test_activities_meet_the_items_of_a_project_that_they_prove(project: Playbook) -> None:
    found = {
        (satisfier.event, *satisfier.where.items()): item.key
        for stage in project.stages
        for item in (*stage.milestones, *stage.criteria)
        for satisfier in item.satisfied_by
    }
    assert found == {
        ("call_made", ("outcome", "interested")): "customer_interested",
        ("appointment_made",): "meeting_confirmed",
        ("visit_done",): "visit_held",
        ("visit_done", ("purpose", "survey")): "survey_made",
        ("proposal_submitted", ("kind", "preliminary")): "preliminary_delivered",
        ("demo_held", ("audience", "users")): "demo_to_users",
        ("demo_held", ("audience", "technical")): "demo_to_technical",
        ("proposal_submitted", ("kind", "formal")): "formal_submitted",
        ("proposal_submitted", ("kind", "bid")): "formal_submitted",
        ("visit_done", ("purpose", "negotiation")): "talks_open",
        ("contract_signed",): "contract_signed",
    }


def test_a_crms_claims_are_its_own_words(crm_claims: Playbook) -> None:
    assert crm_claims.position == "claim"
    assert [stage.names.en for stage in crm_claims.stages] == ["Prospecting", "Engaging"]
    assert ["Prospecting" in crm_claims.stages[0].claimed_as, "Engaging" in crm_claims.stages[1].claimed_as] == [
        True
    ] * 2
    assert [stage.probability for stage in crm_claims.stages] == [Decimal("0.10"), Decimal("0.50")]


def _item(items: tuple[Item, ...], key: str, event: str, **where: str) -> Item:
    found = next(item for item in items if item.key == key)
    assert found.satisfied_by == (Satisfier(event=event, where=dict(where)),)
    return found


def test_versions_of_one_playbook_are_in_order_whatever_their_files_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sorted as text, `project_v10.toml` would come before `project_v2.toml`."""
    first = shipped_files()["project.toml"]
    files = {f"project_v{each}.toml": first.replace("version = 1\n", f"version = {each}\n") for each in (10, 2)}
    monkeypatch.setattr(module, "shipped_files", lambda: {"project.toml": first, **files})
    assert [(each.key, each.version) for each in shipped()] == [("project", 1), ("project", 2), ("project", 10)]
