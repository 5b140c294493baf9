"""Signed notes and heads are those of c2sp.org, to the byte; anything else is refused and says why."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.notary.head import read_head, sign_head
from services.notary.note import NotSigned, PublicKey, SigningKey, open_note
from services.notary.tree import EMPTY

KEY = SigningKey("ledger.example/DAYBOOK", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = SigningKey("ledger.example/DAYBOOK", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
"""The example of golang.org/x/mod/sumdb/note, where the format comes from."""


def test_a_note_of_the_reference_implementation_is_read() -> None:
    key = PublicKey.read(GO_VKEY)
    assert (key.name, key.id.hex(), str(key)) == ("PeterNeumann", "c74f20a3", GO_VKEY)
    text, signer = open_note(GO_NOTE, [KEY.public, key])
    assert text.startswith("If you think")
    assert text.endswith("problem is.\n")
    assert signer == key


def test_a_head_is_a_checkpoint() -> None:
    head = sign_head(KEY, 7, EMPTY)
    origin, size, root, empty, signature, end = head.note.split("\n")
    assert (origin, size, empty, end) == ("ledger.example/DAYBOOK", "7", "", "")
    assert root == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert signature.startswith("— ledger.example/DAYBOOK ")
    assert read_head(head.note, [KEY.public]) == head
    assert sign_head(KEY, 7, EMPTY) == head, "signing again gives the same bytes"


def test_keys_are_read_as_they_are_written() -> None:
    again = SigningKey.read(KEY.write())
    assert again.public == KEY.public == PublicKey.read(f" {KEY.public}\n")
    assert KEY.write().startswith("PRIVATE+KEY+ledger.example/DAYBOOK+")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "name+id+key"),
        ("name", "name+id+key"),
        ("a b+00000000+AAAA", "name+id+key"),
        ("name+zz+AAAA", "name+id+key"),
        (f"name+c74f20a3+{b64encode(bytes(33)).decode()}", "not one of Ed25519"),
        (GO_VKEY.replace("Peter", "Paul"), "id in the public key"),
    ],
)
def test_a_wrong_key_is_refused(text: str, reason: str) -> None:
    with pytest.raises(NotSigned, match=reason.replace("+", r"\+")):
        PublicKey.read(text)
    with pytest.raises(NotSigned):
        SigningKey.read(text)


def test_a_wrong_private_key_is_not_shown() -> None:
    secret = KEY.write().strip()
    with pytest.raises(NotSigned) as refused:
        SigningKey.read(secret[:-3])
    assert secret.split("+", 4)[4][:8] not in str(refused.value)


HEAD = sign_head(KEY, 12, EMPTY).note


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (HEAD.replace("\n12\n", "\n13\n"), "not one over this text"),
        (HEAD.replace("47DE", "47DF"), "not one over this text"),
        (sign_head(OTHER, 12, EMPTY).note, "no known key"),
        (HEAD[:-1], "no signed note"),
        (HEAD.replace("\n\n", "\n"), "no signed note"),
        (HEAD + "more\n", "no signature|Base64"),
        (HEAD.replace("— ", "-- "), "no signature|Base64"),
        ("x" * 9000, "more than"),
        (KEY.sign("hello\n"), "no tree head"),
        (KEY.sign("ledger.example/DAYBOOK\n012\n" + "A" * 43 + "=\n"), "no tree head"),
        (KEY.sign("ledger.example/DAYBOOK\n12\nAAAA\n"), "no root hash"),
        (KEY.sign("other.example\n12\n" + "A" * 43 + "=\n"), "another log"),
    ],
)
def test_what_is_no_head_of_ours_is_refused(note: str, reason: str) -> None:
    with pytest.raises(NotSigned, match=reason):
        read_head(note, [KEY.public])


def test_signatures_of_others_are_passed_over() -> None:
    witnessed = HEAD + GO_NOTE.splitlines()[-1] + "\n"
    assert read_head(witnessed, [KEY.public]).size == 12
    with pytest.raises(NotSigned, match="PeterNeumann"):
        read_head(witnessed, [KEY.public, PublicKey.read(GO_VKEY)])
