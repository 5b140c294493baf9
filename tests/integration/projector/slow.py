"""Views whose folds take long, as those of very long subjects do."""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

from projections.replay.entry import Entry
from projections.replay.playbooks import Playbooks
from projections.replay.view import View


def slow(views: Sequence[View[Any]], each_s: float) -> tuple[View[Any], ...]:
    """Slow views down: each entry that they fold keeps the processor for `each_s`."""

    def slowed(view: View[Any]) -> View[Any]:
        def evolve(state: Any, entry: Entry[Any], playbooks: Playbooks) -> Any:
            until = perf_counter() + each_s
            while perf_counter() < until:
                pass
            return view.evolve(state, entry, playbooks)

        return replace(view, evolve=evolve)

    return tuple(map(slowed, views))
