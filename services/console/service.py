"""The query service with the console: the read API, and the pages that show its answers."""

from services.console.routes import router
from services.query import service as query
from services.settings import Settings


async def serve(settings: Settings) -> None:
    """Serve both until a signal says stop."""
    await query.serve(settings, router)
