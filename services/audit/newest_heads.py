"""Check of given rows against the newest signed head of each place; reads no other rows."""

import asyncio
from collections.abc import Sequence
from functools import partial

from services.audit.tree_heads import Compared, Signed
from services.errors import JournalAltered, NotProvisioned
from services.ledger.journal import Connection
from services.nats.client import FollowingClient
from services.notary.head import Head
from services.notary.heads_file import HeadsFile
from services.notary.heads_stream import HeadsStream
from services.notary.heads_table import HeadsTable
from services.notary.proving import prove_inclusion


async def check_signed(
    connection: Connection, nc: FollowingClient, stream: str, signed: Signed, sequences: Sequence[int]
) -> Compared:
    """Check that rows are in the trees of the newest heads. Each tree counts as far as it goes; the first row that is
    not in it is noted."""
    compared, heads = Compared(places={"ledger.tree_head": 0, "NATS": 0, "the file": None}), set[Head]()
    published = HeadsStream(nc, stream, signed.keys)
    newest = {"ledger.tree_head": HeadsTable(connection, signed.keys).newest, "NATS": published.newest}
    if signed.file is not None and signed.file.exists():
        compared.places["the file"] = 0
        newest["the file"] = partial(asyncio.to_thread, HeadsFile(signed.file, signed.keys).newest)
    for place, find in newest.items():
        try:
            head = await find()
        except JournalAltered as error:
            compared.differences.add("head_altered", None, None, "a head of the trusted key", f"{place}: {error}")
            continue
        except NotProvisioned:
            continue
        if head is not None:
            compared.places[place] = head.size
            heads.add(head)
    for what in published.foreign.values():
        compared.differences.add("head_altered", None, None, "a head of the trusted key", f"NATS: {what}")
    compared.heads = len(heads)
    for head in sorted(heads):
        try:
            await prove_inclusion(connection, [each for each in sequences if each <= head.size], head)
        except JournalAltered as error:
            wanted = f"the rows for which the head of {head.size} was signed"
            compared.differences.add("rows_not_signed", None, None, wanted, error)
    return compared
