"""Version of this Daybook."""

from importlib import metadata


def version() -> str:
    """The installed version."""
    try:
        return metadata.version("daybook")
    except metadata.PackageNotFoundError:
        return "not installed"
