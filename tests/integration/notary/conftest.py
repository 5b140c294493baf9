"""A ledger whose journal is empty, with a notary's key."""

import pytest

from tests.integration.notary.signing import Notarised, notarised
from tests.ledger import Ledger


@pytest.fixture
async def mine(empty_ledger: Ledger) -> Notarised:
    return await notarised(empty_ledger)
