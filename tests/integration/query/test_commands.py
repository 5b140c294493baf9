"""Words of the reading commands to people about what is easily misread."""

import pytest

from tests.integration.query.telling import Told
from tests.up import daybook


async def _said(told: Told, *words: str) -> str:
    code, said, complaint = await daybook(
        *words, **{name.removeprefix("DAYBOOK_").lower(): value for name, value in told.ledger.environment.items()}
    )
    assert code == 0, complaint
    return said


async def test_explain_says_why_nothing_can_be_missing(told: Told) -> None:
    unpublished = await _said(told, "explain", "D-5", "--known-at", str(told.first))
    assert "D-5 is before the first stage of claimed, probability" in unpublished
    assert "The playbook claimed is not published" in unpublished
    claims = await _said(told, "explain", "D-5")
    assert "Claims decide where deals of claimed stand" in claims
    for said in (unpublished, claims):
        assert "Nothing is missing" not in said
    assert "still needs: visit_held (visit_held), survey_made (survey_made)." in await _said(told, "explain", "D-1")


async def test_history_tells_apart_the_rows_that_changed(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    lines = (await _said(told, "history", "D-1")).splitlines()
    changed = [line for line in lines if "amount 1000.00 → 2000.00" in line]
    for at in ("2026-01-01 09:00:00", "2026-01-02 09:00:00", "2026-01-05 09:00:00"):
        assert [f"from {at}+00:00: amount" in line for line in changed].count(True) == 1, changed
    account = await _said(told, "history", "A-1", "--account")
    assert "~ receivables document P-1" in account
