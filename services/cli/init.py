"""`daybook init`: make what a ledger needs, once."""

from typing import TYPE_CHECKING

from services.cli.context import DataOption, JsonOption, LanguageOption, load, wait_for
from services.endpoints import endpoints
from services.output import print_json, say
from services.wording import Wording

if TYPE_CHECKING:
    from services.setup.init import Provisioned


def init(data: DataOption = None, as_json: JsonOption = False, lang: LanguageOption = None) -> None:
    """Make the stream, the tables, the roles, the shipped playbooks and the first views.

    `daybook up` does this by itself; run it for servers of your own, and again after every update. What is there
    already stays as it is.

    Example: `DAYBOOK_NATS_URL=nats://… DAYBOOK_DATABASE_URL=postgresql://… daybook init`
    """
    from services.setup.init import provision

    settings = load(data, language=lang)
    made = wait_for(provision(settings, endpoints(settings)))
    if as_json:
        print_json(document(made))
        return
    for line in lines(made, Wording(settings.language)):
        say(line)


def lines(made: "Provisioned", wording: Wording) -> list[str]:
    """Describe what provisioning did, for people."""
    from services.ledger.schema import confine_script

    stream = {"name": made.stream.name, "size": f"{made.stream.max_bytes / 2**30:.1f}"}
    done = [
        wording.text("stream made" if made.made_stream else "stream found", **stream),
        wording.text("migrated", number=made.migrations) if made.migrations else wording.text("up to date"),
        *([wording.text("published", events=", ".join(made.published))] if made.published else []),
        *([] if made.published or made.own_playbooks else [wording.text("playbooks there")]),
        *(wording.text("own playbook", **each._asdict()) for each in made.own_playbooks),
        wording.text("generation served", generation=made.generation),
    ]
    if made.outdated:
        done += [wording.text("outdated"), wording.text("rebuild makes anew", command="daybook rebuild")]
    if not made.confined:
        done.append(wording.text("not confined", script=confine_script()))
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
        "own_playbooks": [each._asdict() for each in made.own_playbooks],
        "generation": made.generation,
        "outdated": made.outdated,
        "confined": made.confined,
    }
