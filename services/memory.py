"""Sparing the garbage collector: what services hold has next to no cycles."""

import gc


def spare_the_collector() -> None:
    """Look through what is there now never again, and through the rest seldom: a fifth of the speed is at stake."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
