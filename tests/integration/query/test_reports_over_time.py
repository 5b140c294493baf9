"""Conversion, durations and velocity of small histories, computed by hand."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.ledger import zone_rules
from services.query.service import running
from tests.integration.query.conftest import Api
from tests.integration.query.telling import Told, event
from tests.ledger import fresh_ledger
from tests.playbooks import CLAIMED, item, playbook, stage
from tests.servers import Servers

_STAGES = (
    stage("find", "0.1", (item("found"),), (item("qualified"),), commitment=False),
    stage("shape", "0.4", (item("visited"),), (item("agreed"),), commitment=False),
    stage("closing", "0.8", (item("offered"),), (item("signed"),), commitment=False),
)
MINI = playbook("mini", *_STAGES)
PACED = playbook("paced", *_STAGES)
SOLD = playbook("sold", *_STAGES)
EMPTY = playbook("empty", *_STAGES)
_NAMES = ("milestone_achieved", "milestone"), ("criterion_met", "criterion")
_ITEMS = {
    each.key: named
    for one in _STAGES
    for items, named in zip((one.milestones, one.criteria), _NAMES, strict=True)
    for each in items
}


def met(deal: str, key: str, at: str) -> dict[str, Any]:
    """An item of a deal, met at a time; a day means its midnight in UTC."""
    name, field = _ITEMS[key]
    return said(deal, name, at, **{field: key})


def said(deal: str, name: str, at: str, **data: Any) -> dict[str, Any]:
    """An event of a deal; a day means its midnight in UTC."""
    time = at if "T" in at else f"{at}T00:00:00Z"
    return event(f"{deal}-{name}-{'-'.join(map(str, data.values()))}-{at}", name, f"deal/{deal}", time, **data)


def completed(deal: str, stages: int, month: int) -> list[dict[str, Any]]:
    """The items of the first stages, all met in one month."""
    keys = [each.key for one in _STAGES[:stages] for each in (*one.milestones, *one.criteria)]
    return [met(deal, key, f"2026-{month:02}-{10 + place:02}") for place, key in enumerate(keys)]


def opened(deal: str, at: str, key: str, **data: Any) -> dict[str, Any]:
    return said(deal, "deal_opened", at, playbook=key, **data)


COHORTS = [
    opened("C-1", "2026-01-05", "mini", owner="Li"),
    *completed("C-1", 3, 1),
    said("C-1", "deal_won", "2026-01-20"),
    opened("C-2", "2026-01-08", "mini", owner="Li"),
    *completed("C-2", 2, 1),
    opened("C-3", "2026-01-31T23:30:00+08:00", "mini", owner="Zhao"),
    said("C-3", "deal_lost", "2026-02-20"),
    opened("C-4", "2026-02-01T00:30:00+08:00", "mini", owner="Zhao"),
    *completed("C-4", 1, 2),
    said("C-4", "evidence_revoked", "2026-03-01", item="qualified", reason="mistaken"),
    opened("C-5", "2026-02-05", "mini", owner="Li"),
    *completed("C-5", 2, 3),
    said("C-5", "deal_lost", "2026-03-20"),
    opened("C-6", "2026-02-06", "mini", owner="Li"),
]
"""In Shanghai C-3 is of January and C-4 of February, though both were opened on 31 January in UTC."""
PACES = [
    opened("P-1", "2026-01-01", "paced"),
    *(met("P-1", key, f"2026-01-{day:02}")
      for key, day in (("found", 3), ("qualified", 8), ("visited", 10), ("agreed", 20), ("offered", 25))),
    opened("P-2", "2026-01-01", "paced"),
    *(met("P-2", key, f"2026-01-{day:02}")
      for key, day in (("found", 5), ("qualified", 6), ("visited", 7), ("agreed", 30))),
    said("P-2", "deal_put_on_hold", "2026-01-10", reason="budget frozen"),
    said("P-2", "deal_resumed", "2026-01-20"),
    met("P-2", "offered", "2026-02-01"),
    met("P-2", "signed", "2026-02-11"),
    opened("P-3", "2026-01-01", "paced"),
    met("P-3", "found", "2026-01-02"),
    met("P-3", "qualified", "2026-01-04"),
    said("P-3", "evidence_revoked", "2026-01-10", item="qualified", reason="mistaken"),
    met("P-3", "qualified", "2026-01-15"),
    met("P-3", "visited", "2026-01-16"),
    met("P-3", "agreed", "2026-01-26"),
    said("P-3", "deal_lost", "2026-01-27"),
]  # fmt: skip
CNY = {"currency": "CNY"}
SALES = [
    *(opened(f"S-{number}", "2026-01-01", "sold", amount="1.00", **CNY) for number in range(1, 5)),
    said("S-4", "deal_put_on_hold", "2026-01-02", reason="budget frozen"),
    *(opened(f"S-{number}", "2026-01-01T01:00:00Z", "sold", amount="5.00", **CNY) for number in range(5, 8)),
    said("S-5", "deal_won", "2026-01-31T02:00:00Z", amount="100000.00", **CNY),
    said("S-6", "deal_won", "2026-03-02T00:00:00Z", amount="200000.00", **CNY),
    said("S-7", "deal_won", "2026-02-28T15:00:00Z", amount="300000.00", **CNY),
    opened("S-8", "2026-01-01", "sold", amount="7.00", **CNY),
    said("S-8", "deal_lost", "2026-02-01"),
    opened("S-9", "2026-01-01", "sold", amount="8.00", **CNY),
    said("S-9", "deal_abandoned", "2026-02-01"),
    opened("S-10", "2026-01-01", "sold"),
    said("S-10", "deal_won", "2026-02-01"),
    opened("S-11", "2026-01-01", "sold", amount="3", currency="JPY"),
    said("S-11", "deal_won", "2026-01-01T02:00:00Z"),
]
CLAIMS = [
    opened("K-1", "2026-01-01", "claimed"),
    said("K-1", "stage_claimed", "2026-01-02", stage="prospecting"),
    said("K-1", "stage_claimed", "2026-01-03", stage="closing"),
    said("K-1", "stage_claimed", "2026-01-04", stage="prospecting"),
]


@pytest.fixture(scope="module")
async def told(servers: Servers) -> AsyncIterator[Told]:
    """All of them on one ledger, in Shanghai."""
    async with fresh_ledger(servers, (MINI, PACED, SOLD, EMPTY, CLAIMED)) as ledger:
        owner = await ledger.connect()
        await owner.execute("update ledger.identity set time_zone = 'Asia/Shanghai'")
        await zone_rules.keep(owner)
        told = Told(ledger)
        await told.tell(*COHORTS, *PACES, *SALES, *CLAIMS)
        await told.projected()
        yield told


@pytest.fixture(scope="module")
async def api(told: Told) -> AsyncIterator[Api]:
    settings = told.ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
    async with (
        running(settings) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        yield Api(client)


async def conversion(api: Api, **asked: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"playbook": "mini", "as_of": "2026-03-31", "min_deals": 3, **asked}
    answer: dict[str, Any] = await api.get("/reports/conversion", **told)
    return answer


def by_cohort(answer: dict[str, Any], name: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in answer["rows"]:
        found.setdefault(row["cohort"], []).append(row[name])
    return found


async def test_conversion_counts_what_each_month_ever_reached(api: Api) -> None:
    """January: C-1 reached 3 stages, C-2 two, C-3 none. February: C-4 one, revoked later, C-5 two, C-6 none. Before
    stage 3 stood 2 + 1 deals, of which one reached it: 1/3 is less than 4/6 and 3/4."""
    answer = await conversion(api)
    assert by_cohort(answer, "deals") == {"2026-01": [3, 3, 3], "2026-02": [3, 3, 3]}
    assert by_cohort(answer, "reached") == {"2026-01": [2, 2, 1], "2026-02": [2, 1, 0]}
    assert by_cohort(answer, "from_previous") == {
        "2026-01": ["0.6667", "1.0000", "0.5000"],
        "2026-02": ["0.6667", "0.5000", "0.0000"],
    }
    assert by_cohort(answer, "overall") == {
        "2026-01": ["0.6667", "0.6667", "0.3333"],
        "2026-02": ["0.6667", "0.3333", "0.0000"],
    }
    assert [answer["rows"][0][name] for name in ("open", "won", "lost", "abandoned")] == [1, 1, 1, 0]
    assert [(row["key"], row["name_zh"]) for row in answer["rows"][:3]] == [(each.key, each.key) for each in _STAGES]
    assert answer["totals"] == {"bottleneck": 3}


async def test_a_stage_with_too_few_deals_before_it_is_no_bottleneck(api: Api) -> None:
    """Before stage 1 stood 6 deals, before 2 four and before 3 three; 4/6 is less than 3/4."""
    assert (await conversion(api, min_deals=4))["totals"] == {"bottleneck": 1}
    assert (await conversion(api, min_deals=7))["totals"] == {"bottleneck": None}


async def test_conversion_of_the_days_asked_for(api: Api) -> None:
    january = await conversion(api, **{"from": "2026-01-01", "to": "2026-01-31"})
    assert by_cohort(january, "reached") == {"2026-01": [2, 2, 1]}
    assert (january["parameters"]["from"], january["parameters"]["mode"]) == ("2026-01-01", "filled")
    assert by_cohort(await conversion(api, **{"from": "2026-02-01"}), "deals") == {"2026-02": [3, 3, 3]}
    assert (await conversion(api, to="2025-12-31"))["rows"] == []


async def test_cohorts_are_compared_at_equal_age(api: Api) -> None:
    """C-5 completed nothing within 30 days; C-2, opened on 8 January, completed stage 1 on the 11th and 2 on the 13th.
    On 9 March C-5 and C-6, opened on 5 and 6 February, are 32 and 31 days old."""
    assert by_cohort(await conversion(api, age_days=30), "reached") == {"2026-01": [2, 2, 1], "2026-02": [1, 0, 0]}
    assert by_cohort(await conversion(api, age_days=4), "reached") == {"2026-01": [1, 0, 0], "2026-02": [0, 0, 0]}
    assert by_cohort(await conversion(api, age_days=32, as_of="2026-03-09"), "deals") == {
        "2026-01": [3, 3, 3],
        "2026-02": [2, 2, 2],
    }


async def test_claims_enter_stages_and_the_mode_says_whether_skipped_ones_count(api: Api) -> None:
    filled = await conversion(api, playbook="claimed")
    assert by_cohort(filled, "reached") == {"2026-01": [1, 1, 1]}
    observed = await conversion(api, playbook="claimed", mode="observed")
    assert by_cohort(observed, "reached") == {"2026-01": [1, 0, 1]}
    assert by_cohort(observed, "from_previous") == {"2026-01": ["1.0000", "0.0000", None]}
    refused = await api.get("/reports/conversion", 400, playbook="mini", mode="guessed")
    assert "filled, observed" in refused["detail"]


async def test_a_filter_of_conversion_goes_by_the_owner_now(api: Api) -> None:
    assert by_cohort(await conversion(api, owner="Zhao"), "deals") == {"2026-01": [1, 1, 1], "2026-02": [1, 1, 1]}


async def durations(api: Api, **asked: Any) -> dict[str, Any]:
    told = {"playbook": "paced", "as_of": "2026-03-31T00:00:00Z", "min_deals": 3, **asked}
    answer: dict[str, Any] = await api.get("/reports/durations", **told)
    return answer


async def test_durations_sum_all_returns_and_leave_out_days_on_hold(api: Api) -> None:
    """Stage 1, wait + work: P-1 2 + 5, P-2 4 + 1, P-3 1 + 2 and, fallen back from 10 to 15 January, + 5. Stage 2: P-1
    2 + 10; P-2 1 + 3 + 10 without the hold; P-3 6 until it fell and 1 + 10 since. Stage 3: P-2 2 + 10; P-1 has been
    there since 20 January, 70 days; P-3 is lost."""
    answer = await durations(api)
    assert [tuple(row.values())[:8] for row in answer["rows"]] == [
        (1, 3, "7.00", "6.67", "2.00", "5.00", 0, None),
        (2, 3, "14.00", "14.33", "2.00", "10.00", 0, None),
        (3, 1, "12.00", "12.00", "2.00", "10.00", 1, "70.00"),
    ]
    assert answer["totals"] == {"slowest": 2}
    assert (await durations(api, min_deals=4))["totals"] == {"slowest": None}


async def test_the_median_of_two_is_the_mean_of_both(api: Api) -> None:
    """On 7 January P-2 (5 days) and P-3 (3 days) have finished stage 1; P-1 is in it for 6."""
    (first, *_) = (await durations(api, as_of="2026-01-07T00:00:00Z"))["rows"]
    assert (first["finished"], first["median_stay"], first["running"]) == (2, "4.00", 1)
    assert first["longest_running"] == "6.00"


async def test_durations_of_stages_completed_in_the_days_asked_for(api: Api) -> None:
    """Of stage 1, P-1 came to have completed it on 8 January, P-2 on the 6th, P-3 for good on the 15th."""
    later = (await durations(api, **{"from": "2026-01-07"}))["rows"]
    assert [row["finished"] for row in later] == [2, 3, 1]
    earlier = (await durations(api, **{"from": "2026-01-07", "to": "2026-01-09"}))["rows"]
    assert [(row["finished"], row["median_stay"]) for row in earlier] == [(1, "7.00"), (0, None), (0, None)]


async def test_velocity_is_the_money_of_a_day(api: Api) -> None:
    """3 open; won after 30, 60 and 58 days; 3/4 and 3/5; 3 × 0.75 × 200000 ÷ 58 = 7758.62."""
    answer = await api.get("/reports/velocity", playbook="sold", as_of="2026-03-31")
    rows = {row["currency"]: row for row in answer["rows"]}
    assert rows["CNY"] == {
        "currency": "CNY", "open": 3, "won": 3, "lost": 1, "abandoned": 1, "win_rate": "0.7500",
        "win_rate_broad": "0.6000", "mean_won": "200000.00", "cycle_median": "58.00", "cycle_mean": "49.33",
        "per_day": "7758.62",
    }  # fmt: skip
    assert (rows["none"]["won"], rows["none"]["win_rate"], rows["none"]["cycle_median"]) == (1, None, None)
    assert (rows["JPY"]["mean_won"], rows["JPY"]["cycle_median"], rows["JPY"]["per_day"]) == ("3", "0.00", None)


async def test_velocity_of_the_days_asked_for(api: Api) -> None:
    """By the end of February, S-6 is not won yet, and S-8 and S-9 are lost and abandoned since 1 February."""
    asked: dict[str, Any] = {
        "playbook": "sold",
        "from": "2026-02-02",
        "to": "2026-02-28",
        "as_of": "2026-03-31",
        "currency": "CNY",
    }
    (row,) = (await api.get("/reports/velocity", **asked))["rows"]
    assert [row[name] for name in ("open", "won", "lost", "abandoned", "win_rate")] == [4, 1, 0, 0, "1.0000"]
    (row,) = (await api.get("/reports/velocity", **{**asked, "to": "2026-02-03"}))["rows"]
    assert [row[name] for name in ("win_rate", "mean_won", "cycle_median", "per_day")] == [None, None, None, None]


@pytest.mark.parametrize("report", ["conversion", "durations", "velocity"])
async def test_a_playbook_without_deals_is_known_and_another_is_not(api: Api, report: str) -> None:
    answer = await api.get(f"/reports/{report}", playbook="empty", as_of="2026-03-31")
    assert all(row.get("finished") == 0 for row in answer["rows"])
    assert all(value is None for value in answer["totals"].values())
    await api.get(f"/reports/{report}", 404, playbook="nothing")
