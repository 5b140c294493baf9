"""Sends requests without a source's token, so many a second, until it is killed: `flooding.py URL KIND`.

The bare protocol, so that the flood costs the flooder little.
"""

import json
import socket
import sys
import time
from urllib.parse import urlsplit

TOKEN = "dbk_" + "x" * 43
KINDS = {
    "no token": ("intake.crm", "", b"{}", "_INBOX.flood.x"),
    "an unknown token": ("intake.crm", f"Daybook-Token: {TOKEN}\r\n", b"{}", "_INBOX.flood.x"),
    "no such token": ("intake.crm", "Daybook-Token: guessed\r\n", b"{}", "_INBOX.flood.x"),
    "another subject": ("intake.nobody", f"Daybook-Token: {TOKEN}\r\n", b"{}", "_INBOX.flood.x"),
    "no reply": ("intake.crm", f"Daybook-Token: {TOKEN}\r\n", b"{}", ""),
    "large messages": ("intake.crm", f"Daybook-Token: {TOKEN}\r\n", b"x" * 500_000, "_INBOX.flood.x"),
}


PER_S, BYTES_PER_S, EVERY_S = 5_000, 20_000_000, 0.01


def flood(url: str, kind: str) -> None:
    """Sends until the server or the starter ends it."""
    at = urlsplit(url)
    subject, headers, body, reply = KINDS[kind]
    head = f"NATS/1.0\r\n{headers}\r\n".encode()
    message = f"HPUB {subject} {reply} {len(head)} {len(head) + len(body)}\r\n".encode() + head + body + b"\r\n"
    a_second = min(PER_S, BYTES_PER_S // len(message))
    many = message * max(1, round(a_second * EVERY_S))
    with socket.create_connection((at.hostname, at.port)) as connection:
        login = {"verbose": False, "headers": True, "user": at.username, "pass": at.password}
        connection.sendall(b"CONNECT " + json.dumps(login).encode() + b"\r\n")
        print("flooding", flush=True)
        while True:
            connection.sendall(many)
            time.sleep(EVERY_S)


if __name__ == "__main__":
    flood(sys.argv[1], sys.argv[2])
