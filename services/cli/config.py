"""`daybook config`: which settings hold, and where they come from."""

import os
from difflib import get_close_matches
from typing import Any

from pydantic import SecretStr

from services.cli.context import DataOption, JsonOption, LanguageOption, load
from services.output import print_json, say, show, table
from services.runtime.redaction import HIDDEN, masked
from services.settings import Settings
from services.wording import Wording


def config(data: DataOption = None, as_json: JsonOption = False, lang: LanguageOption = None) -> None:
    """Show every setting, its value, and where the value comes from; passwords are masked.

    Settings are environment variables: DAYBOOK_ and the name in capitals. Variables that begin so but name no setting
    are listed at the end, on standard error; with `--json` as `unknown`.

    Example: `DAYBOOK_TIMEZONE=Asia/Shanghai daybook config`
    """
    settings = load(data, language=lang)
    if as_json:
        known = {
            name: {"value": shown(settings, name), "source": source(name, data is not None)}
            for name in Settings.model_fields
        }
        print_json(known | {"unknown": Settings.unknown()})
        return
    rows = table(*Wording(settings.language).headings("setting", "value", "from", "what it is"))
    for name, field in Settings.model_fields.items():
        value = shown(settings, name)
        rows.add_row(
            f"DAYBOOK_{name.upper()}",
            "" if value is None else str(value),
            source(name, data is not None),
            field.description or "",
        )
    show(rows, width=200)
    for variable in Settings.unknown():
        say(f"warning: {meant(variable)}", err=True, style="yellow")


def shown(settings: Settings, name: str) -> Any:
    """A setting's value without its secrets."""
    value = getattr(settings, name)
    if isinstance(value, SecretStr):
        return masked(value.get_secret_value()) if name.endswith("_url") else HIDDEN
    return value if isinstance(value, bool | int | float) or value is None else str(value)


def meant(variable: str) -> str:
    """Say what to do about a variable that names no setting."""
    close = get_close_matches(variable.lower().removeprefix("daybook_"), Settings.model_fields, 1)
    hint = f"; did you mean DAYBOOK_{close[0].upper()}?" if close else "."
    return f"{variable} is no setting and is ignored{hint}"


def source(name: str, data_given: bool) -> str:
    """`option`, `environment` or `default`."""
    if name == "data" and data_given:
        return "option"
    set_here = {each.upper() for each in os.environ}
    return "environment" if f"DAYBOOK_{name.upper()}" in set_here else "default"
