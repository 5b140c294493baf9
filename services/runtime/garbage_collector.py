"""Tuning of the garbage collector: what services hold has next to no cycles."""

import gc


def tune_garbage_collector() -> None:
    """Freezes existing objects out of garbage collection, and looks through new ones once, for a fifth of the speed.
    speed.

    What has lived through one look is not looked at again: with millions of objects that would take seconds, in which
    nothing else is done. Few are looked at together, while the processor still has them at hand.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 1_000_000, 1_000_000)
