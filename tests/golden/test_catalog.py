"""Names, columns and comments that readers by SQL find in `reporting`."""

from pathlib import Path

from tests.golden import differing
from tests.ledger import Ledger


async def test_what_readers_find_stays(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    rows = await owner.fetch(Path(__file__).with_name("catalog.sql").read_text())
    assert not differing("catalog.txt", "\n".join(row["line"] for row in rows) + "\n")
