"""Benchmarks of the ledger: `make bench`, that is `python -m tests.benchmarks` (see its --help).

One run measures everything on the same machine, on servers of its own, with the same events. It is made of sections;
`sections.py` lists them. A section is one file with one subject and ends in

    SECTION = Section("record", "Events recorded per second, beside COPY", measure)

where `measure(run: Run)` is a coroutine function that measures everything of its subject once and gives its figures:

    async def measure(run: Run) -> list[Figure]:
        events = 1_000 if run.quick else 100_000
        run.says(f"record {events:,} events")                 # shown as progress
        async with fresh_ledger(run.servers, []) as ledger:   # a stream and a database of its own
            async with ledger.process("recorder") as recorder:
                ...
                cost = usage.cpu_s(recorder.process.pid)      # see usage.py: processor time and memory of processes
        return [Figure("record: 100,000 events", recorded, beside=[Beside("COPY", copied, least=0.5)])]

- Each call gets servers that nobody else has used (`run.servers`), so no section changes another's figures.
- `run.quick` asks for the same in small: every line of the section is run, in seconds. The figures then mean nothing.
- The whole is repeated; the medians are shown, of values and of ratios. A ratio is taken within one repeat, never
  between two. A section that takes minutes says `Section(..., at_most=1)` and is repeated no more than that.
- What is compared is interleaved where it can be: the machine may be slower in one minute than in the next.
- Services are processes of their own, started as `daybook serve` starts them. What drives them shares the processor
  with them, so it is lean, or says what it costs.
- Figures have a name, a value and a unit: `events/s` unless said otherwise, `ms`, `µs/event`, `MiB`. `Beside` names
  what else was measured in the same repeat; `least` and `most` are what is wanted of the ratio, or in `Figure` of the
  value. Wanted figures are shown as met or missed, and nothing is asserted: a measurement is no test.
- Events: `events.py` makes those of about 400 bytes that every section uses.
"""
