"""The table: one line per plan."""

from collections.abc import Mapping, Sequence

from tests.faults.run import Result

_HEAD = (
    *("fault", "runs", "failed", "events acknowledged", "lost", "doubled", "altered"),
    "longest take-over (from the fault's beginning)",
    "longest time to recover (from its end)",
)


def markdown(results: Sequence[Result], about: Mapping[str, str], not_run: Mapping[str, str]) -> str:
    """In the order in which the plans first appear, all together, and why others were not run, by plan."""
    lines = [f"| {' | '.join(_HEAD)} |", f"| --- |{' ---: |' * (len(_HEAD) - 1)}"]
    plans = dict.fromkeys(each.plan for each in results)
    lines += [_line(about[plan], [each for each in results if each.plan == plan]) for plan in plans]
    if len(plans) > 1:
        lines.append(_line("all", results))
    lines += [f"| {about[plan]} | not run: {why} |{' |' * (len(_HEAD) - 2)}" for plan, why in not_run.items()]
    return "\n".join(lines)


def _line(name: str, results: Sequence[Result]) -> str:
    cells = [
        name,
        f"{len(results)}",
        f"{sum(not each.passed for each in results)}",
        f"{sum(each.acknowledged for each in results):,}",
        f"{sum(each.lost for each in results)}",
        f"{sum(each.doubled for each in results)}",
        f"{sum(each.altered for each in results)}",
        _longest([took_s for each in results for took_s in each.take_overs_s]) or "–",
        _longest([each.recovery_s for each in results]),
    ]
    return f"| {' | '.join(cells)} |"


def _longest(times_s: Sequence[float | None]) -> str:
    """Of those that came to an end; and how many did not."""
    ended = [each for each in times_s if each is not None]
    words = [f"{max(ended):.1f} s"] if ended else []
    if len(ended) < len(times_s):
        words.append(f"{len(times_s) - len(ended)} did not")
    return ", ".join(words)
