"""`daybook init`: make what a ledger needs, once."""

from typing import TYPE_CHECKING

from services.cli.context import DataOption, JsonOption, load, wait_for
from services.cli.up import OUTDATED
from services.endpoints import endpoints
from services.output import print_json, say

if TYPE_CHECKING:
    from services.setup.init import Provisioned


def init(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Make the stream, the tables, the roles, the shipped playbooks and the first views.

    `daybook up` does this by itself; run it for servers of your own, and again after every update. What is there
    already stays as it is.

    Example: `DAYBOOK_NATS_URL=nats://… DAYBOOK_DATABASE_URL=postgresql://… daybook init`
    """
    from services.setup.init import provision

    settings = load(data)
    made = wait_for(provision(settings, endpoints(settings)))
    if as_json:
        print_json(document(made))
        return
    for line in lines(made):
        say(line)


def lines(made: "Provisioned") -> list[str]:
    """Describe what provisioning did, for people."""
    from services.ledger.schema import confine_script

    stream = f"stream {made.stream.name}, at most {made.stream.max_bytes / 2**30:.1f} GiB"
    done = [
        f"{'Made the' if made.made_stream else 'Found the'} {stream}.",
        f"Applied {made.migrations} migrations." if made.migrations else "The tables are up to date.",
        f"Published {', '.join(made.published)}." if made.published else "The shipped playbooks are on the stream.",
        f"The views served are generation {made.generation}.",
    ]
    if made.outdated:
        done.append(f"{OUTDATED} `daybook rebuild` makes them anew.")
    if not made.confined:
        done.append(
            "Whoever may log in could hold the services' locks and fill the disk with large objects; a superuser of "
            f"the database ends that: psql -f {confine_script()}"
        )
    return done


def document(made: "Provisioned") -> dict[str, object]:
    """Describe what provisioning did, for programs, as JSON."""
    return {
        "stream": {
            "name": made.stream.name,
            "made": made.made_stream,
            "created_at": made.stream.created_at.isoformat(),
            "max_bytes": made.stream.max_bytes,
        },
        "time_zone": made.identity.time_zone,
        "migrations": made.migrations,
        "published": made.published,
        "generation": made.generation,
        "outdated": made.outdated,
        "confined": made.confined,
    }
