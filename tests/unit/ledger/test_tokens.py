"""Tokens are unguessable, recognisable and kept only as hashes."""

import hashlib

from services.ledger.tokens import hash_token, is_token, matches, new_token


def test_a_new_token_has_the_promised_form_and_is_never_the_same() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(is_token(token) and len(token) == 47 for token in tokens)


def test_what_is_kept_is_the_sha256_of_the_whole_token() -> None:
    token = new_token()
    assert hash_token(token) == hashlib.sha256(token.encode()).digest()


def test_only_the_same_token_matches() -> None:
    token, other = new_token(), new_token()
    assert matches(token, hash_token(token))
    assert not matches(other, hash_token(token))


def test_other_texts_are_not_tokens() -> None:
    for text in (
        "",
        "dbk_",
        "dbk_" + "a" * 42,
        "dbk_" + "a" * 44,
        "abc_" + "a" * 43,
        "dbk_" + "é" * 43,
        "dbk_" + "a" * 42 + "\n",
    ):
        assert not is_token(text)
