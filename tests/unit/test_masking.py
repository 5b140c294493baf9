"""Parts of a server's URL that are shown, with every secret hidden."""

import pytest

from services.runtime.redaction import masked


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("nats://host:4222", "nats://host:4222"),
        ("host:4222", "host:4222"),
        ("nats://user:s3cret@host", "nats://user:…@host"),
        ("nats://s3cret@host", "nats://…@host"),
        ("tls://s3cret@host:4222", "tls://…@host:4222"),
        ("s3cret@host:4222", "…@host:4222"),
        ("user:s3cret@host", "user:…@host"),
        ("nats://u:s3cret@one:4222,nats://u:s3cret@two:4222", "nats://u:…@one:4222,nats://u:…@two:4222"),
        ("nats://one,nats://s3cret@two", "nats://one,nats://…@two"),
        ("nats://one, tls://s3cret@two", "nats://one,tls://…@two"),
        ("nats://u:s3cret@one:4222,two:4222", "nats://u:…@one:4222,two:4222"),
        ("nats://s3cret@one:4222,u:s3cret@two:4222", "nats://…@two:4222"),
        ("nats://u:s3,cret@host", "nats://u:…@host"),
        ("postgresql://u@h/db", "postgresql://u@h/db"),
        ("postgresql://u:s3cret@h:5432/db?sslmode=require", "postgresql://u:…@h:5432/db?sslmode=require"),
        ("postgresql://u:u@h/u", "postgresql://u:…@h/u"),
        ("postgresql://u:s3cret@[::1]:5432,two/db", "postgresql://u:…@[::1]:5432,two/db"),
        ("postgresql:///db?host=/run/x&user=u", "postgresql:///db?host=/run/x&user=u"),
        ("postgresql://h/db?user=u&password=s3cret", "postgresql://h/db?user=u&password=…"),
        ("postgresql://h/db?pass%77ord=s3cret&user=u", "postgresql://h/db?pass%77ord=…&user=u"),
        ("postgresql://h/db?sslpassword=s3cret&sslmode=require", "postgresql://h/db?sslpassword=…&sslmode=require"),
        ("postgresql://h/db?password=a&s3cret#s3cret", "postgresql://h/db?password=…&…#…"),
        ("postgresql://[bad", "…"),
        ("postgresql://u:s3/cret@h/db", "…"),
        ("postgresql://u:s3#cret@h/db", "…"),
        ("postgresql://u:s3cret", "…"),
        ("host=h password=s3cret", "…"),
        ("nats://one,nats://[s3cret", "nats://one,…"),
        ("", ""),
    ],
)
def test_every_secret_is_hidden_and_nothing_else(url: str, shown: str) -> None:
    assert masked(url) == shown
