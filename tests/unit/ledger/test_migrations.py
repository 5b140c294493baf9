"""Migrations are never edited: a ledger that has applied one refuses another content of it."""

from hashlib import sha256
from importlib import resources

PUBLISHED = {
    "0001_ledger.sql": "2bf4236137cd06f72042dfd25ca728307364023ac6c4d843ca5193e0cc49c457",
    "0002_notary.sql": "8da57a3c1e70f53362917f2347a647f972b7e93e6a3ef5c9ca424b246ed61b65",
    "0003_reconciliation.sql": "b0ad169e7625f22b6e206305da83d652d39eb313a60b678065d308319f9a6d83",
    "0004_event_types.sql": "8089c63d64f06870b71a59c2d7860aaee618e2ba07503fe3764cf0cc404a5782",
    "0005_payment_links.sql": "6e44addeead99ca0da9f217e0ba676e8a1d081c420e4881ee883dccc4746e4b0",
    "0006_zone_rules.sql": "77fb5ff02f5c5b00c571bb5077cce2bc62e88223225be63a2bebbe823ae77cce",
    "0007_document_numbers.sql": "7ebb8064f401604efea0effd19995712698dc4adf87822321b5e36d5e645129f",
}
"""SHA-256 of each migration that some ledger may have applied. A new one is added with its release."""


def test_no_published_migration_is_edited() -> None:
    folder = resources.files("services.ledger").joinpath("migrations")
    found = {
        each.name: sha256(each.read_bytes()).hexdigest() for each in folder.iterdir() if each.name.endswith(".sql")
    }
    assert found == PUBLISHED
