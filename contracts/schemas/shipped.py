"""The files of this folder as they are shipped: a schema for each type of event, and the AsyncAPI document."""

from importlib.resources import files


def shipped_files() -> dict[str, bytes]:
    """Content of each file by its name, sorted."""
    folder = files("contracts.schemas")
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir(), key=str) if each.name.endswith(".json")}
