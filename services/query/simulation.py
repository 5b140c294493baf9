"""Simulation of a draft of a playbook: all its deals judged by the draft, beside where they stand. Writes nothing."""

from collections import Counter
from decimal import Decimal

from contracts.playbooks.playbook import Playbook
from contracts.types.money import rounded
from projections.replay.history import effective
from projections.views.stage_position.simulate import Simulated
from projections.views.stage_position.simulate import Simulation as Judging
from services.ledger import journal
from services.ledger.journal import Connection, Row
from services.postgres.statements import queries
from services.query.moment import Moment
from services.query.render import amount, instant, rate
from services.query.shapes import OrphanedItem, SimulatedDeal, SimulatedTotal, Simulation
from services.runtime.progress import Progress

DEALS_AT_ONCE = 50
"""Deals whose histories are read in one query: about 50 ms of work, after which the event loop has its turn."""

_SQL = queries("services.query", "simulation.sql")


async def simulate(
    connection: Connection, draft: Playbook, moment: Moment, progress: Progress, every: bool = False
) -> Simulation:
    """Judge each deal that follows the draft's playbook, in any version, by the draft alone.

    Lists the deals that would stand elsewhere, with `every` all of them. Totals are of open deals. Deals whose rows are
    stale are named and not judged.
    """
    judging = Judging(draft, await journal.playbooks(connection, moment.known_at))
    rows = await connection.fetch(_SQL["deals"], moment.as_of, moment.known_at, draft.key)
    standing = [row for row in rows if not row["stale"]]
    deals: list[SimulatedDeal] = []
    totals: dict[str, _Total] = {}
    orphaned: Counter[str] = Counter()
    changed = 0
    progress.begins("deals", len(standing))
    for at in range(0, len(standing), DEALS_AT_ONCE):
        some = standing[at : at + DEALS_AT_ONCE]
        subjects = [f"deal/{row['deal']}" for row in some]
        histories = await journal.histories(connection, subjects, moment.known_at)
        for row, subject in zip(some, subjects, strict=True):
            entries = effective(histories[subject], subject).entries
            found = judging.judge(row["deal"], row["version"], entries, moment.as_of)
            assert found is not None, f"{subject} has a row and was not opened"
            orphaned.update(found.orphaned)
            if row["status"] == "open" and row["amount"] is not None:
                totals.setdefault(row["currency"], _Total()).add(row, found)
            differs = (row["stage"], row["phase"], row["probability"]) != (found.stage, found.phase, found.probability)
            changed += differs
            if differs or every:
                deals.append(_deal(row, found))
        progress.advances(len(some))
    return {
        "playbook": draft.key,
        "version": draft.version,
        "as_of": instant(moment.as_of),
        "known_at": moment.known_at,
        "judged": len(standing),
        "changed": changed,
        "deals": deals,
        "totals": {currency: totals[currency].shown(currency) for currency in sorted(totals)},
        "orphaned": [OrphanedItem(item=item, deals=orphaned[item]) for item in sorted(orphaned)],
        "stale": [row["deal"] for row in rows if row["stale"]],
    }


class _Total:
    """Sums of open deals in one currency."""

    def __init__(self) -> None:
        self.deals = 0
        self.before = self.after = Decimal(0)

    def add(self, row: Row, found: Simulated) -> None:
        """Add a deal that has an amount."""
        self.deals += 1
        self.before += _weighted(row, row["probability"])
        self.after += _weighted(row, found.probability)

    def shown(self, currency: str) -> SimulatedTotal:
        """The sums as JSON has them."""
        return SimulatedTotal(
            deals=self.deals,
            weighted_before=amount(self.before, currency),
            weighted_after=amount(self.after, currency),
        )


def _weighted(row: Row, probability: Decimal) -> Decimal:
    """Amount of a deal that has one, times a probability, rounded half up, as `weighted` of the pipeline."""
    return rounded(row["amount"] * probability, row["currency"])


def _deal(row: Row, found: Simulated) -> SimulatedDeal:
    def weighted(probability: Decimal) -> str | None:
        return None if row["amount"] is None else amount(_weighted(row, probability), row["currency"])

    return SimulatedDeal(
        deal=row["deal"],
        version=row["version"],
        status=row["status"],
        amount=None if row["amount"] is None else amount(row["amount"], row["currency"]),
        currency=row["currency"],
        owner=row["owner"],
        stage_before=row["stage"],
        stage_after=found.stage,
        phase_before=row["phase"],
        phase_after=found.phase,
        probability_before=rate(row["probability"]),
        probability_after=rate(found.probability),
        weighted_before=weighted(row["probability"]),
        weighted_after=weighted(found.probability),
        orphaned=list(found.orphaned),
    )
