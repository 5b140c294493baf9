"""The list. A mutation that no longer applies is to be written anew for what the product has become, never left out."""

from tests.mutants.mutation import Mutation, Plan, Test

_LOST = r"lost [1-9]"
_NOT_THE_RULES = r"are not what the rules say"
_COMMITTED_TOGETHER = """\
        async with connection.transaction():
            moved = await advance(
                connection,
                schema,
                [lane.position for lane in lanes],
                [folded[lane].reaches for lane in lanes],
                [lane.longest for lane in lanes],
            )
"""
_COMMITTED_BEFORE = """\
        moved = await advance(
            connection,
            schema,
            [lane.position for lane in lanes],
            [folded[lane].reaches for lane in lanes],
            [lane.longest for lane in lanes],
        )
        async with connection.transaction():
"""

MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        "a receipt needs the stream's answer",
        "services/stream/append.py",
        '        return Away(f"the stream did not answer: {str(error) or type(error).__name__}", ambiguous=True)\n',
        "        return Appended(range(1, len(messages) + 1)) if error else Away(str(error), ambiguous=True)\n",
        Plan("swallowed"),
        rf"its receipts say|has receipts for|{_LOST}",
    ),
    Mutation(
        "the journal is asked for duplicates",
        "services/intake/append_service.py",
        "identities = sent.by_identity.keys() | admission.targets(sent.events)",
        "identities = admission.targets(sent.events)",
        Plan("late"),
        r"sent again: Answer\(status=201",
    ),
    Mutation(
        "a lane whose time is up has taken all that became known by one entry",
        "services/projector/lane.py",
        "            while end < len(arrivals) and arrivals[end].known == arrivals[end - 1].known:\n"
        "                end += 1\n",
        "",
        Test(
            "tests/integration/projector/test_combined_batch.py::test_lanes_whose_time_is_up_anywhere_go_on_from_there"
        ),
        r"missing in|should not be in|should stand",
    ),
    Mutation(
        "the position of a lane that works by itself is committed with its rows",
        "services/projector/combined_batch.py",
        _COMMITTED_TOGETHER,
        _COMMITTED_BEFORE,
        Test(
            "tests/integration/projector/test_faults.py"
            "::test_a_row_that_something_else_removed_stops_its_lane_and_no_other"
        ),
        r"assert|Error",
    ),
    Mutation(
        "who has lost a lane does not commit",
        "services/projector/lane.sql",
        "join {generation}.lane using (lane, epoch, sequence)",
        "join {generation}.lane using (lane, sequence)",
        Plan("claimed"),
        r"lanes were claimed, and the projector has lost",
    ),
    Mutation(
        "the recorder looks whether the stream is the ledger's",
        "services/ledger/stream_identity.py",
        "    if (what := await mismatch(nc, ours)) is not None:\n        raise StreamMismatch",
        "    if (what := await mismatch(nc, ours)) is not None and not ours.stream:\n        raise StreamMismatch",
        Plan("beheaded"),
        r"the recorder does not name what differs",
    ),
    Mutation(
        "a new leader ends the connections of the former one",
        "services/postgres/leader_lock.py",
        "        await _end_former_writers(url, service)\n        yield lease\n",
        "        yield lease\n",
        Plan("stopped_writing"),
        r"nobody goes on .* after recorder",
    ),
    Mutation(
        "the notary compares the journal with what was signed",
        "services/notary/sign.py",
        "        if not found.fits:\n",
        "        if not found.fits and not target:\n",
        Plan("altered"),
        r"was altered, and the notary",
    ),
    Mutation(
        "a void takes its target out of history",
        "projections/replay/history.py",
        "        self._decided[original.sequence] = counts\n",
        "        self._decided[original.sequence] = entry_of(original) if counts is None else counts\n",
        Plan("claimed"),
        _NOT_THE_RULES,
    ),
    Mutation(
        "a NATS server by deploy/nats syncs before it acknowledges",
        "deploy/nats/nats-server.conf",
        "  sync_interval: always               # without it",
        "  # without it",
        Plan("power_deployed"),
        rf"{_LOST}|acknowledges before it syncs|its messages .* are missing",
    ),
    Mutation(
        "the embedded NATS server syncs before it acknowledges",
        "services/embedded/nats.py",
        "  sync_interval: always ",
        "  # ",
        Plan("power"),
        rf"{_LOST}|acknowledges before it syncs|its messages .* are missing",
    ),
    Mutation(
        "the identity of a message names its source",
        "services/stream/append.py",
        'f"{event.source}:{event.id}", event.canonical',
        'f"{event.id}", event.canonical',
        Test("tests/integration/intake/test_duplicates.py::test_sources_do_not_share_ids"),
        r"assert",
    ),
    Mutation(
        "a node of a cluster by deploy/nats syncs before it acknowledges",
        "deploy/nats/cluster.conf",
        "  sync_interval: always               # without it",
        "  # without it",
        Test("tests/faults/test_synced.py::test_every_node_of_a_cluster_syncs_before_it_acknowledges"),
        r"acknowledges before it syncs",
    ),
    Mutation(
        "the recorder knows a row that was altered by its hash",
        "services/recorder/checks.py",
        'last["message"]) != last["leaf_hash"]:',
        'last["message"]) == b"":',
        Test("tests/integration/recorder/test_checks.py::test_a_journal_that_was_altered"),
        r"DID NOT RAISE|does not have|Error",
    ),
    Mutation(
        "the time at which a row was recorded never goes back",
        "services/stream/read.py",
        "    return max(message.taken_at_ns // 1000, before_us)\n",
        "    return message.taken_at_ns // 1000\n",
        Test("tests/unit/stream/test_taken_at.py::test_recorded_at_never_goes_back"),
        r"AssertionError|assert ",
    ),
    Mutation(
        "another content under a known identity is a conflict",
        "services/recorder/deduplicate.py",
        "                same = message == row.message\n",
        "                same = True\n",
        Test("tests/unit/recorder/test_journal_rows.py::test_other_bytes_make_a_conflict_that_names_the_fields"),
        r"duplicate",
    ),
    Mutation(
        "a batch goes to the ledger's own stream or nowhere",
        "services/stream/append.py",
        '        "Nats-Batch-Commit": "1",\n        "Nats-Expected-Stream": stream,\n',
        '        "Nats-Batch-Commit": "1",\n',
        Test("tests/integration/stream/test_append.py::test_another_stream_is_not_written_to"),
        r"was answered|DID NOT RAISE|assert ",
    ),
    Mutation(
        "one recorder at a time holds the lock",
        "services/postgres/leader_lock.sql",
        "select pg_try_advisory_lock($1);",
        "select $1::bigint is not null;",
        Test("tests/integration/recorder/test_leadership.py::test_two_recorders_side_by_side"),
        r"assert|Error",
    ),
    Mutation(
        "who sends an event that is being recorded waits for what becomes of it",
        "services/intake/in_flight.py",
        "                outcome = await asyncio.shield(other.settled)\n",
        "                outcome = None\n                await asyncio.sleep(0)\n                return learnt\n",
        Test("tests/unit/intake/test_in_flight.py::test_who_waits_learns_where_the_event_is"),
        r"assert",
    ),
    Mutation(
        "an event from the future is refused",
        "services/intake/admission.py",
        "    if event.occurred_at > latest:\n",
        "    if event.occurred_at > latest and not said:\n",
        Plan("clocks"),
        r"was answered 201",
    ),
    Mutation(
        "a source sends what it was added for, and nothing else",
        "services/intake/admission.py",
        "    if (name := said.event_name()) not in source.events:\n",
        "    if (name := said.event_name()) not in source.events and not name:\n",
        Test("tests/integration/intake/test_rights.py::test_a_source_sends_only_the_events_it_was_added_for"),
        r"201",
    ),
    Mutation(
        "a source sends under its own name",
        "services/intake/admission.py",
        "    if event.source != source.name:\n",
        "    if event.source != source.name and not event.source:\n",
        Test("tests/integration/intake/test_rights.py::test_a_source_sends_under_its_own_name"),
        r"201",
    ),
    Mutation(
        "intake appends nothing to a stream that is not the ledger's",
        "services/intake/append_service.py",
        "        if await self._watch.fault() is not None:\n",
        "        if await self._watch.fault() == '':\n",
        Test("tests/integration/reconcile/test_detection.py::test_intake_takes_nothing_into_a_stream_that_was_rewound"),
        r"assert|Error",
    ),
    Mutation(
        "a late entry lands at its time",
        "projections/replay/history.py",
        "            insort(self.entries, entry, key=order_of)\n",
        "            self.entries.append(entry)\n",
        Test("tests/unit/projections/test_history.py"),
        r"assert",
    ),
    Mutation(
        "a payment pays no more than is left of it",
        "projections/views/receivables/allocation.py",
        "    amount = min(wanted.amount, document.unapplied, item.open_amount)\n",
        "    amount = min(wanted.amount, item.open_amount)\n",
        Test(
            "tests/unit/projections/receivables/test_rules.py"
            "::test_an_allocation_beyond_what_is_left_of_the_payment_is_capped"
        ),
        r"assert|rows, not",
    ),
    Mutation(
        "a reversal takes the latest allocation first",
        "projections/views/receivables/allocation.py",
        "        latest = document.applied[-1]\n",
        "        latest = document.applied[0]\n",
        Test("tests/unit/projections/receivables/test_cases_that_must_come_out_right.py"),
        r"assert|rows, not",
    ),
    Mutation(
        "a node of the signed tree is hashed otherwise than a leaf",
        "services/notary/tree.py",
        '    return hashlib.sha256(b"\\x01" + left + right).digest()\n',
        '    return hashlib.sha256(b"\\x00" + left + right).digest()\n',
        Test("tests/unit/notary/test_tree.py"),
        r"assert",
    ),
    Mutation(
        "a message that follows must be the next one",
        "services/stream/consumer.py",
        "        if sequence != self._next:\n",
        "        if sequence < self._next:\n",
        Test("tests/integration/stream/test_follow.py::test_a_message_that_was_removed_is_a_mismatch"),
        r"DID NOT RAISE|assert|Timeout",
    ),
    Mutation(
        "verify compares each row's bytes with the stream's",
        "services/audit/journal.py",
        "        if message.data != stored:\n",
        '        if message.data == b"":\n',
        Test("tests/integration/query/test_verify.py::test_a_changed_byte_of_a_message_is_found"),
        r"message_altered|assert",
    ),
    Mutation(
        "a command of ours imports nothing from the working directory",
        "services/runtime/process.py",
        '[sys.executable, "-P", str(_START), *words]',
        '[sys.executable, "-m", "services.cli.main", *words]',
        Test("tests/unit/test_python.py::test_a_command_imports_nothing_from_the_working_directory"),
        r"was imported from the working directory",
    ),
    Mutation(
        "workers of ours import nothing from the working directory",
        "services/runtime/process.py",
        '    os.environ["PYTHONSAFEPATH"] = "1"\n',
        "",
        Test("tests/unit/test_python.py::test_workers_import_nothing_from_the_working_directory[shut-0]"),
        r"was imported from the working directory",
    ),
    Mutation(
        "the NATS door answers what it has begun before its connection ends",
        "services/intake/nats_intake.py",
        "            on_shutdown=[self._finish],\n",
        "",
        Test("tests/integration/intake/test_nats_door.py::test_a_request_that_takes_long_is_answered_after_the_stop"),
        r"nats\.errors\.TimeoutError",
    ),
)
