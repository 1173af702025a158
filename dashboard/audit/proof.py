"""Proves a team's chain where it lives: event by event, against its head and the heads that were signed."""

from collections.abc import Iterator
from datetime import date

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from dashboard.audit import heads
from dashboard.audit.chain import link
from dashboard.audit.models import AuditEvent, AuditHead
from dashboard.audit.verify import Chain, Fault, faults_of_head

AT_ONCE = 1000


def events(team_id: str, *, upto: int) -> Iterator[AuditEvent]:
    """The team's events in their order, in short queries: nothing is locked or held in memory meanwhile."""
    mine = AuditEvent.objects.filter(team_id=team_id, sequence__lte=upto).order_by("sequence", "id")
    rest = mine
    while rows := list(rest[:AT_ONCE]):
        yield from rows
        last = rows[-1]
        # Two events can share a place only where somebody took the constraint away, which is to be found too.
        rest = mine.filter(Q(sequence__gt=last.sequence) | Q(sequence=last.sequence, id__gt=last.pk))


class Proof:
    """One team's chain; ``faults`` goes through it and counts as it goes."""

    def __init__(self, team_id: str) -> None:
        self.team_id = team_id
        self.events = 0
        self.heads = 0
        """Signed heads that the chain was compared with."""

    def faults(self) -> Iterator[Fault]:
        head = heads.current(self.team_id)
        chain = Chain(self.team_id)
        yield from self._signed(chain, last=head.signed_on)
        chain.expect({"sequence": head.sequence, "hash": head.hash}, called="the database's own head")
        # New events may come meanwhile; what is proven is the chain up to its head at the beginning.
        for event in events(self.team_id, upto=head.sequence):
            self.events += 1
            yield from chain.follow(link(event))
        yield from chain.end()
        for sequence in _beyond(self.team_id).values_list("sequence", flat=True)[:AT_ONCE]:
            yield Fault(sequence, "stands behind the head of the chain: it was inserted")

    def _signed(self, chain: Chain, *, last: date | None) -> Iterator[Fault]:
        """Faults of the stored heads; the chain expects those that are the team's own. ``last`` was signed last."""
        awaited = heads.file_of(last) if last else ""
        for name, head in heads.stored(self.team_id):
            awaited = "" if name == awaited else awaited
            if head is None:
                yield Fault(0, f"has a signed head that cannot be read: {name}")
                continue
            called = f"the signed head {name}"
            wrong = list(faults_of_head(head, called=called, team=self.team_id, public_key=heads.public_key()))
            yield from wrong
            if not wrong:
                chain.expect(head, called=called)
                self.heads += 1
        if awaited:
            yield Fault(0, f"lacks a signed head that was stored: {awaited}")


def _beyond(team_id: str) -> QuerySet[AuditEvent]:
    """Events that the head does not reach; asked in one statement, so that writers cannot come in between."""
    head = AuditHead.objects.filter(team_id=OuterRef("team_id")).values("sequence")
    mine = AuditEvent.objects.filter(team_id=team_id).annotate(reach=Subquery(head))
    return mine.filter(Q(sequence__gt=F("reach")) | Q(reach=None)).order_by("sequence")
