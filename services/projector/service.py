"""The service: a projector that feeds the generation of this version's folds."""

from functools import partial

from services.endpoints import endpoints
from services.http.monitoring import answering
from services.projector.health import check
from services.projector.notices import Notices
from services.projector.progress import Progress
from services.projector.projector import Projector
from services.runtime.process import tune_garbage_collector
from services.runtime.shutdown import run_until_one_ends, run_until_signal
from services.settings import Settings
from services.views import generation


async def serve(settings: Settings) -> None:
    """Run until a signal says stop."""
    at, progress = endpoints(settings), Progress()
    tune_garbage_collector()
    projector = Projector(
        at.database_url,
        generation.own,
        cache_entries=settings.cache_entries,
        tell=lambda lane, sequence: notices.projected(lane, sequence),
        progress=progress,
    )
    notices = Notices(at.nats_url, projector.wake)

    async def work() -> None:
        how = partial(check, at.database_url, progress)
        async with answering(settings, how, settings.projector_host, settings.projector_port):
            await run_until_one_ends(notices.run(), projector.run())

    await run_until_signal(work())
