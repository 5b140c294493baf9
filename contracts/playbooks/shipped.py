"""The playbooks that come with Daybook: every TOML file of this folder. There is no other list of them."""

import tomllib
from importlib.resources import files

from contracts.playbooks.playbook import Playbook
from contracts.rules.canonical import canonical


def shipped_files() -> dict[str, str]:
    """The text of each shipped playbook by its file name, sorted: `project.toml`, its version 2 `project_v2.toml`, …"""
    folder = files("contracts.playbooks")
    texts = {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir() if each.name.endswith(".toml")}
    return dict(sorted(texts.items()))


def shipped() -> tuple[Playbook, ...]:
    """The shipped playbooks by key and version. `daybook init` publishes them so: version n follows n - 1."""
    found = (parse(text) for text in shipped_files().values())
    return tuple(sorted(found, key=lambda each: (each.key, each.version)))


def parse(text: str) -> Playbook:
    """The playbook that a TOML file holds, where it is known to be right; `check` names what is wrong with others.

    Raises tomllib.TOMLDecodeError, contracts.rules.canonical.NotCanonical or pydantic.ValidationError.
    """
    return Playbook.model_validate_json(canonical(tomllib.loads(text)))
