"""The walk through the provider's list of jobs, newest first, until each is compared once it has ended.

A walk goes back to where the one before came to, or to the oldest job that had not ended then. It may take a share of
the requests that the plan allows; a longer one goes on a minute later from a stored place. Jobs made meanwhile push
the others down the list, so the same offset shows some twice and misses none.
"""

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from generation.contract import Page, RemoteJob
from generation.credits import caps
from generation.models import Attempt, Connection, Discrepancy, Reconciliation, ReconciliationCursor
from generation.pipeline import matching
from generation.provider import connections
from generation.provider.client import NoSlot
from generation.reconciliation import discrepancies

AT_ONCE = 100
PAGES = 10
"""At most in a go, each with a request of its own."""
SHARE = 4
"""A go takes at most this part of what the plan allows in a minute."""
OVERLAP = timedelta(minutes=2)
"""How late a job may turn up in the list, from when the provider made it on."""


def walk(connection: Connection, reading: Reconciliation, *, began: datetime, seconds: float) -> bool:
    """One go of some ``seconds``; what is odd is told by ``reading``. Answers whether there is more to read.

    ``began`` is when the account was first read. Raises ``client.ProviderError`` (``client.NoSlot`` only where nothing
    was read), and keeps what was compared.
    """
    place, until = _place(connection, began), time.monotonic() + seconds
    with connections.open_client(connection, seconds=seconds) as client:
        for number in range(min(PAGES, max(1, connection.plan_limit // SHARE))):
            if number and time.monotonic() > until:
                break
            try:
                page = client.list_jobs(limit=AT_ONCE, offset=place.read)
            except NoSlot:
                if number:
                    break
                raise
            with transaction.atomic():
                caps.lock(connection.team_id)
                if not _is_here(place):
                    return False
                _take(place, page, reading, began=began)
            if not place.read:
                return False
    return True


def _place(connection: Connection, began: datetime) -> ReconciliationCursor:
    """Where to go on. The first walk of all goes back to our first job."""
    if place := ReconciliationCursor.objects.filter(pk=connection.pk).first():
        return place
    first = Attempt.objects.filter(connection=connection).order_by("id").values_list("created_at", flat=True)[:1]
    until = {"compared_until": min([began, *first])}
    return ReconciliationCursor.objects.get_or_create(connection=connection, defaults=until)[0]


def begin_anew(connection: Connection) -> None:
    """What was made until now belongs to another account."""
    anew = {field.name: field.get_default() for field in ReconciliationCursor._meta.fields if not field.primary_key}
    ReconciliationCursor.objects.update_or_create(
        connection=connection, defaults=anew | {"compared_until": timezone.now()}
    )


def _is_here(place: ReconciliationCursor) -> bool:
    """Whether nobody else went on meanwhile, nor began anew. The caller holds the account's lock."""
    return ReconciliationCursor.objects.filter(
        **{name: getattr(place, name) for name in ("pk", "compared_until", "read")}
    ).exists()


def _take(place: ReconciliationCursor, page: Page[RemoteJob], reading: Reconciliation, *, began: datetime) -> None:
    """Compare a page, and move on behind it."""
    compared = discrepancies.compare(place.connection, page.items, began=began)
    odd = [*compared.odd, *discrepancies.unreadable(place.connection, page.unreadable)]
    moments = [moment for moment in map(matching.made, page.items) if moment]
    if not place.read:
        place.newest = min(timezone.now(), max(moments, default=place.compared_until))
    place.waiting = min([*compared.waiting, *filter(None, [place.waiting])], default=None)
    is_same_page = bool(page.items) and page.items[-1].job_id == place.last_id
    if is_same_page:
        odd.append(Discrepancy(note=_shown_only(place)))
    if is_same_page or _is_last(place, page):
        _arrive(place)
    else:
        place.read += page.count
        place.last_id = page.items[-1].job_id if page.items else ""
    place.fault = ""
    place.save()
    for row in odd:
        row.reconciliation = reading
    Discrepancy.objects.bulk_create(odd)


def _is_last(place: ReconciliationCursor, page: Page[RemoteJob]) -> bool:
    """Whether what follows is compared already, or there is nothing. A full page is not believed to be the last."""
    oldest = matching.made(page.items[-1]) if page.items else None
    if oldest and oldest < place.compared_until - OVERLAP:
        return True
    return not page.count or (page.count < AT_ONCE and not page.has_more)


def _arrive(place: ReconciliationCursor) -> None:
    place.compared_until = min(filter(None, [place.newest, place.waiting]), default=place.compared_until)
    place.read, place.newest, place.waiting, place.last_id = 0, None, None, ""


def _shown_only(place: ReconciliationCursor) -> str:
    """What stays in the books when a provider repeats a page instead of showing the next."""
    return f"The provider shows only its newest {place.read:,} jobs; what is older was not compared."
