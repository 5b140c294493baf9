"""Time zones that a ledger may be made with."""

import pytest
from pydantic import ValidationError

from services.settings import Settings
from services.zones import names, refused


@pytest.mark.parametrize("name", ["UTC", "Asia/Shanghai", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "EST5EDT"])
def test_a_name_of_the_iana_list_is_accepted(name: str) -> None:
    assert Settings(timezone=name).timezone == name
    assert name in names()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("right/UTC", "leap seconds, which PostgreSQL does not (its name without that is UTC)"),
        ("right/Asia/Shanghai", "its name without that is Asia/Shanghai"),
        ("right/Nowhere", "leap seconds"),
        ("posix/Europe/Berlin", "only some machines have (its name without that is Europe/Berlin)"),
        ("localtime", "another zone on every machine"),
        ("posixrules", "another zone on every machine"),
        ("Factory", "nobody has set"),
        ("asia/shanghai", "it is spelt Asia/Shanghai"),
        ("utc", "it is spelt UTC"),
        ("CST-8", "does not list it"),
        ("+08:00", "does not list it"),
        ("CEST", "does not list it"),
        ("Asia", "does not list it"),
        ("Asia/Shanghai ", "does not list it"),
        ("Asia/../Asia/Shanghai", "does not list it"),
        ("/usr/share/zoneinfo/UTC", "does not list it"),
        ("tzdata.zi", "does not list it"),
        ("Asia/\u4e0a\u6d77", "does not list it"),
        ("UTC\n", "does not list it"),
    ],
)
def test_any_other_name_is_refused_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(timezone=name)
    assert reason in str(caught.value)
    assert reason in (refused(name) or "")
