"""Every error that Daybook raises on purpose.

DaybookError
├── NotConfigured         no running ledger was found and no servers are named
├── AlreadyRunning        another `up` uses the data directory
├── StillRunning          an `up` that was told to stop has not ended yet
├── NotProvisioned        the stream, the database or a generation is missing: `daybook init`
├── MissingRights         the database user may not do what is to be done
├── NotPermitted          the NATS user may not do what is to be done
├── ServerFailed          an embedded server did not start or stopped by itself
├── StreamMismatch        the stream is not the one that the journal remembers: `daybook reconcile`
│   └── MessageMissing    it does not hold a message that it must hold
├── StillRecording        a recorder is at work: nothing else may change the stream
├── JournalUnreadable     the journal holds an entry that this version does not know
├── Unavailable           NATS or Postgres cannot be reached now; trying again may help
├── StreamFull            the stream has no room left
├── BackupUnusable        a directory is no backup, or not as it was written
├── NotEmpty              a backup is to be restored where a ledger is already
├── JournalAltered        the journal is not the one that was signed; nothing more is signed
│   └── UnknownKey        a signed head is there, of a key that is not known
├── ReportingInUse        something is built on functions of reporting that have to change
├── ViewsAltered          a row of a view is not what the projector left
├── LostLeadership        another worker is active; this one stops without committing
└── BadRequest            what was asked for cannot be answered: a wrong date, a sequence still to come
    └── NotKnown          nothing is known of the deal, account or playbook that was asked for
"""


class DaybookError(Exception):
    """The message says what is wrong, where, and what to do."""


class NotConfigured(DaybookError):
    """Error: no running ledger was found and no servers are named."""


class AlreadyRunning(DaybookError):
    """Another `daybook up` uses the data directory."""


class StillRunning(DaybookError):
    """A `daybook up` that was told to stop has not ended yet."""


class NotProvisioned(DaybookError):
    """The stream, the database or a generation is missing."""


class MissingRights(DaybookError):
    """The database user may not do what is to be done; the message lists what is missing."""


class NotPermitted(DaybookError):
    """The NATS user may not do what is to be done; the message names it, the subject, and the user that may."""


class ServerFailed(DaybookError):
    """An embedded server did not start or stopped by itself."""


class StreamMismatch(DaybookError):
    """The stream is not the one that the journal remembers: rewound, replaced, or altered."""


class MessageMissing(StreamMismatch):
    """The stream does not hold a message that it must hold."""

    def __init__(self, sequence: int, message: str) -> None:
        super().__init__(message)
        self.sequence = sequence


class StillRecording(DaybookError):
    """A recorder is at work: nothing else may change the stream."""


class JournalUnreadable(DaybookError):
    """The journal holds an entry that this version of Daybook does not know."""


class Unavailable(DaybookError):
    """NATS or Postgres cannot be reached now; trying again may help."""


class ClockDiffers(Unavailable):
    """The clock of the NATS server and ours differ by more than is borne; nothing is recorded."""


class StreamFull(DaybookError):
    """The stream has no room left; nothing was recorded."""


class BackupUnusable(DaybookError):
    """A directory is no backup, or not as it was written: the message names the file."""


class JournalAltered(DaybookError):
    """The journal, its tree or a signed head is not what the notary left: it signs nothing more."""


class UnknownKey(JournalAltered):
    """A signed head is there, of a key that is not known: it is lacking, another one, or somebody else has signed."""


class NotEmpty(DaybookError):
    """A backup is to be restored where a ledger is already; the message says what is there."""


class ReportingInUse(DaybookError):
    """Functions of `reporting` have to change, and something that is not Daybook's is built on them: the message says
    what."""


class ViewsAltered(DaybookError):
    """A row of a view is not what the projector left: something else changed it."""


class LostLeadership(DaybookError):
    """Another worker is active; this one stops without committing."""


class BadRequest(DaybookError):
    """Error for a question that cannot be answered: a wrong date, a sequence still to come."""


class NotKnown(BadRequest):
    """Error for a deal, account or playbook of which nothing is known."""
