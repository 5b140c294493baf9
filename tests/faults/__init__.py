"""Fault runs: real processes, real faults at random instants, and then every acknowledged event is looked for.

`python -m tests.faults` runs a fixed set of (seed, plan); `--help` says the rest. A run

1. starts servers (`servers.py`), runs `daybook init`, and starts each service as a process of its own that is started
   again whenever it ends (`kept.py`); all of that is the run's `World` (`world.py`);
2. lets writers send (`writers.py`), over HTTP and NATS, what `told.py` tells: events that collide, arrive late,
   correct and void others; repetitions and conflicts. Some send again until they have a receipt, others never. All of
   them together send up to a thousand events a second until the faults are over, so that something is always on its
   way. What was acknowledged is kept in a file with its bytes (`receipts.py`);
3. strikes: the plan's faults, at instants drawn from the seed; how long the ledger takes after each to be ready again
   with everything acknowledged in the views is measured (`recovery.py`);
4. lets the writers finish, and looks (`oracle.py`, which takes nothing from the product): is each acknowledged event
   an entry once, with the same bytes, at the sequence of its receipt? Is every row in the stream, and every message
   a row? Was nothing doubled that was sent once? Some deals and accounts are worked out from the journal by the rules
   (`effective.py`, `views.py`); NATS servers say whether they sync (`synced.py`). Then `daybook verify` and
   `daybook rebuild --diff --force` (`checks.py`).

A plan is one value, listed in `plans/__init__.py`:

    Plan(
        name="kill_recorder",
        about="kill -9 of the recorder",
        faults=lambda draw: [Fault("kill recorder", at_s=draw.uniform(0, 2), strike=kill("recorder", 1.0))],
        servers=OneOfEach,                  # or any class of your own: see `Servers` in servers.py
        services=("intake", "recorder", "recorder-2", "projector", "query"),
        settings={"stream_replicas": "3"},  # more variables for `daybook`, without DAYBOOK_
        check=stale_worker_wrote_nothing,   # what else must hold at the end: gives complaints
    )

Faults come one after another, each `at_s` seconds after everything was ready again; in a plan with `together=True` each
comes `at_s` seconds after the writers began, whatever the others do.

`faults` draws everything from the `Random` that it is given, and nothing else. `strike(world)` returns when its fault
is over, that is when everything is there again that is to be there; from then on recovery is measured. Within it:

- `world.servers` is the plan's own `Servers` (its type is a parameter of `Plan`, `Fault` and `World`);
- `world.kept["recorder"]` is a process: `kill(down_s)`, `freeze()`, `thaw()`, `hold()` (stop it and leave it
  stopped) and `release()`; `world.all_in_first_life()` complains of those that ended without being told to;
- `await others_go_on(world, "nats-1", began)` waits until a standby or a majority does its work (`taking_over.py`), for
  where that is promised; how long it took from the beginning of the outage is kept;
- `async with singles_go_on(world):` single events must be acknowledged as ever within it (`going_on.py`);
- `world.gates` are proxies before each intake, which can be cut, or swallow every answer (`proxy.py`);
- `async with world.writers.quiet():` nobody sends within; all that was sent before is settled;
- `await world.caught_up()` waits until all that was acknowledged is in the views and everything is ready;
- `world.note(…)` goes into the report; `world.complain(…)` makes the run fail;
- `await world.daybook("reconcile", "--apply")` runs a command of the CLI: exit code, output, complaint.
"""
