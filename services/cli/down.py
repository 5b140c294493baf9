"""`daybook down`: stop the `up` that serves a data directory."""

from typing import Annotated

import typer

from services.cli.context import DataOption, JsonOption, LanguageOption, load
from services.output import print_json, say
from services.wording import Wording


def down(
    data: DataOption = None,
    wait: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for its end.")] = 120.0,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Stop the `daybook up` that serves a data directory, whoever started it, and wait until nothing of it runs.

    What is being sent is finished first, as with Ctrl-C. Where nothing runs, that is said, and the exit code is 0 too.

    Example: `daybook down --data ~/ledger`
    """
    from services.embedded.stopping import stop

    settings = load(data, language=lang)
    wording = Wording(settings.language)
    pid = stop(settings.data, wait)
    if as_json:
        print_json({"data": str(settings.data), "stopped": pid})
    elif pid is None:
        say(wording.text("runs not", data=settings.data))
    else:
        say(wording.text("stopped", data=settings.data, pid=pid))
