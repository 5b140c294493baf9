"""Code that both doors (HTTP and NATS) share: who asks, what was sent, and the answer."""

from dataclasses import dataclass, field
from time import perf_counter

from pydantic import TypeAdapter, ValidationError

from contracts.types.identifiers import EventId, SourceName
from services.intake import metrics
from services.intake.fate import Fate, fate_of
from services.intake.journal import Journal
from services.intake.problems import Refusal
from services.intake.receipt import Taken
from services.intake.reception import Reception
from services.intake.sent import Batches, Sent
from services.intake.sources import Source, Sources

_IDENTITY: TypeAdapter[tuple[str, str]] = TypeAdapter(tuple[SourceName, EventId])


@dataclass(frozen=True, slots=True)
class Door:
    """Everything that answering a request takes."""

    sources: Sources
    reception: Reception
    journal: Journal
    batches: Batches = field(default_factory=Batches)

    async def source_of(self, token: str) -> Source | Refusal:
        """Return the source that holds a token, or the refusal of the token."""
        match await self.sources.of(token):
            case Source() as source:
                return source
            case "disabled":
                return Refusal("source_disabled", "The source of this token is disabled. Ask whoever runs the ledger.")
            case "not_known":
                return Refusal("journal_away", "This token is not known yet, and PostgreSQL cannot be reached to look.")
            case _:
                return Refusal("unauthenticated", "No source has this token.")

    async def take(self, source: Source, sent: Sent) -> Taken | Refusal:
        """Record what a source has sent: receipts for all of it, or for none."""
        began = perf_counter()
        answer = await self.reception.take(source, sent)
        metrics.taken(source.name, len(sent.events), answer, perf_counter() - began)
        return answer

    async def fate(self, source: Source, name: str, id_: str) -> Fate | Refusal:
        """Look up what became of an event of this source, or of any source's event if this source corrects others'."""
        if name != source.name and not source.corrects_others:
            return Refusal("wrong_source", f"{source.name} may ask about its own events, not those of {name}.")
        try:
            _IDENTITY.validate_python((name, id_))
        except ValidationError:
            return Refusal("not_found", f"No event has the id {id_!a} and the source {name!a}: see what both may hold.")
        return await fate_of(self.journal, name, id_)
