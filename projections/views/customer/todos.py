"""Activities planned on an account.

A plan is open from the time at which it was planned. The first activity, care or reminder that names it does it, a
cancellation cancels it; planning it anew changes it, and opens it again when it was cancelled. What was done stays
done. An entry may name a plan before it is planned: it waits, flagged, and then takes effect at once.
"""

from contracts.events.activity import ActivityCancelled, ActivityPlanned
from contracts.types.references import reference_key, spelled_out
from projections.views.customer.rows import TodoRow
from projections.views.customer.state import Planned, Todo
from projections.views.customer.step import Step


def plan(step: Step, event: ActivityPlanned) -> None:
    """The activity is to be done as this says. Flagged without effect when it was done."""
    todo, sequence = _named(step, event.plan), step.entry.sequence
    if todo.planned is not None:
        if todo.done_by is not None:
            _is_done(step, todo)
            return
        todo.cancelled_by = None
    todo.planned = Planned(event.kind, event.due_on, event.owner, event.contact_id, event.agenda, sequence)
    for flag in todo.waiting:
        step.lower(flag)
    todo.waiting = []
    _show(step, todo)


def carry_out(step: Step, name: str) -> None:
    """An activity, care or reminder names the plan. Only the first of them counts."""
    todo = _named(step, name)
    if todo.done_by is None:
        todo.done_by = step.entry.sequence
        _show_or_wait(step, todo)


def cancel(step: Step, event: ActivityCancelled) -> None:
    """The plan will not be carried out. Flagged without effect when it was. Appointments are no plans."""
    if event.plan is None:
        return
    todo = _named(step, event.plan)
    if todo.done_by is not None:
        _is_done(step, todo)
    elif todo.cancelled_by is None:
        todo.cancelled_by = step.entry.sequence
        _show_or_wait(step, todo)


def _named(step: Step, name: str) -> Todo:
    key = reference_key(name)
    found = step.account.todos.get(key)
    if found is None:
        found = step.account.todos[key] = Todo(name)
    return found


def _show_or_wait(step: Step, todo: Todo) -> None:
    if todo.planned is None:
        detail = f"{spelled_out(todo.name)} is no planned activity of this account yet"
        todo.waiting.append(step.flag("unknown_plan", detail))
    else:
        _show(step, todo)


def _is_done(step: Step, todo: Todo) -> None:
    step.flag("plan_is_done", f"{spelled_out(todo.name)} was carried out before: no effect")


def _show(step: Step, todo: Todo) -> None:
    assert todo.planned is not None
    *planned, entry = todo.planned
    state = "open"
    if todo.done_by is not None:
        state, entry = "done", todo.done_by
    elif todo.cancelled_by is not None:
        state, entry = "cancelled", todo.cancelled_by
    step.show(TodoRow, (todo.name,), *planned, state, entry=entry)
