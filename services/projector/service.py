"""The service: a projector that feeds the generation of this version's folds."""

import asyncio

from services.lifetime import until_told
from services.memory import spare_the_collector
from services.projector import generation
from services.projector.notices import Notices
from services.projector.projector import Projector
from services.settings import Settings, endpoints


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    at = endpoints(settings)
    spare_the_collector()
    projector = Projector(
        at.database_url,
        generation.own,
        cache_entries=settings.cache_entries,
        tell=lambda lane, sequence: notices.projected(lane, sequence),
    )
    notices = Notices(at.nats_url, projector.wake)

    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(notices.run())
            group.create_task(projector.run())

    await until_told(work())
