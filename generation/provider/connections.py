"""A team's account at a provider: how to reach it, how it reaches us, and when nobody may post to it."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from generation.models import Attempt, Connection, Job, JobState, PauseNote
from generation.network.addresses import is_within
from generation.provider import rate_limit
from generation.provider.client import Client, KeyRefused, NoSlot, OutOfCredits, ProviderError, SlowDown


def open_client(connection: Connection, *, seconds: float = 30, asks_once: bool = False) -> Client:
    """A client whose every call counts in the connection's plan, and raises ``client.NoSlot`` where it has no room."""
    return Client(
        base_url=connection.base_url,
        key=connection.key,
        seconds=seconds,
        slot=partial(_slot, connection),
        asks_once=asks_once,
        trusted=trusted_providers(),
    )


@contextmanager
def _slot(connection: Connection) -> Iterator[None]:
    """One request that is not a job's POST. While the provider asked us to slow down there is none."""
    if connection.pause == Connection.Pause.RATE_LIMIT and connection.paused_until:
        wait = (connection.paused_until - timezone.now()).total_seconds()
        if wait > 0:
            raise NoSlot(seconds=wait)
    with rate_limit.counted(connection.id, limit=connection.plan_limit):
        yield


def handle_fault(connection: Connection, error: ProviderError) -> datetime | None:
    """Pause where the fault is the connection's and no job's. Answers when to ask again; ``None`` leaves it open."""
    match error:
        case NoSlot():
            return timezone.now() + timedelta(seconds=error.seconds)
        case SlowDown():
            return slow_down(connection, seconds=error.retry_after, message=str(error))
        case KeyRefused():
            stop(connection, pause=Connection.Pause.KEY, message=str(error))
        case OutOfCredits():
            stop(connection, pause=Connection.Pause.CREDITS, message=str(error))
    return None


def lock_unchanged(connection: Connection) -> bool:
    """Whether the row still leads where ``connection`` does; it does until the present transaction ends.

    ``connection`` carries the row's present pause afterwards.
    """
    row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    connection.pause, connection.paused_until = row.pause, row.paused_until
    return (row.base_url, row.key) == (connection.base_url, connection.key)


def is_of_earlier_account(attempt: Attempt) -> bool:
    """Whether it was made before the connection was led to its present account, which knows nothing of it."""
    moved_at = attempt.connection.moved_at
    return moved_at is not None and attempt.created_at < moved_at


def trusted_providers() -> tuple[str, ...]:
    """Prefixes of base URLs that may be on a private network: the sandbox, and what the operator named."""
    return (*_sandbox(), *settings.TRUSTED_PROVIDERS)


def trusted_links(connection: Connection) -> tuple[str, ...]:
    """Prefixes of pictures that may be on a private network, since the provider that names them may be."""
    if is_within(connection.base_url, _sandbox()):
        return tuple(f"{prefix}{folder}/" for prefix in _sandbox() for folder in ("files", "presets"))
    return tuple(settings.TRUSTED_PROVIDERS) if is_within(connection.base_url, settings.TRUSTED_PROVIDERS) else ()


def _sandbox() -> tuple[str, ...]:
    return (f"{settings.PUBLIC_URL}/sandbox/",) if settings.SANDBOX else ()


def is_loopback(url: str) -> bool:
    """Whether ``url`` names this machine only, so that nobody outside can reach it."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def hears_webhooks(connection: Connection) -> bool:
    """Whether the provider can reach our webhook receiver; without one, polling brings the pictures."""
    return is_loopback(connection.base_url) or not is_loopback(settings.PUBLIC_URL)


def reads_links(connection: Connection) -> bool:
    """Whether photos go as expiring links; a provider that cannot reach us gets them uploaded."""
    return connection.photo_delivery == Connection.PhotoDelivery.LINK and hears_webhooks(connection)


def hook_address(connection: Connection, token: str) -> str:
    """The attempt's own webhook URL, from the configured public address and never from a Host header."""
    return f"{settings.PUBLIC_URL}/hooks/{token}" if hears_webhooks(connection) else ""


def open_for_posting(prefix: str = "") -> Q:
    """Connections to which jobs may be posted now."""
    return Q(**{f"{prefix}pause": Connection.Pause.NONE}) | Q(**{f"{prefix}paused_until__lte": timezone.now()})


def takes_jobs(connection: Connection) -> bool:
    """What :func:`open_for_posting` says of a row that was just read."""
    until = connection.paused_until
    return connection.pause == Connection.Pause.NONE or (until is not None and until <= timezone.now())


def slow_down(connection: Connection, *, seconds: int, message: str) -> datetime:
    """Pause for a 429; one pause for the whole connection. An earlier, longer one stays."""
    until = timezone.now() + timedelta(seconds=seconds)
    shorter = Connection.objects.filter(open_for_posting() | Q(paused_until__lt=until), pk=connection.pk)
    shorter.update(pause=Connection.Pause.RATE_LIMIT, pause_message=message, paused_until=until)
    return until


def stop(connection: Connection, *, pause: Connection.Pause, message: str) -> None:
    """Pause until somebody resumes, or until the reason is seen to be gone. A person's pause stays one."""
    with transaction.atomic():
        before = _locked(connection)
        if before != Connection.Pause.PERSON:
            rows = Connection.objects.filter(pk=connection.pk)
            rows.update(pause=pause, pause_message=message[:500], paused_until=None)
            _note(connection, before=before, after=pause, message=message[:500])


def _locked(connection: Connection) -> str:
    """The pause as it is now, and until the transaction ends."""
    return str(Connection.objects.select_for_update().values_list("pause", flat=True).get(pk=connection.pk))


def _note(connection: Connection, *, before: str, after: str, message: str = "") -> None:
    # Whoever posts must not wait for a team's audit log, so a task of the dashboard's writes it there.
    if before != after:
        PauseNote.objects.create(connection=connection, before=before, after=after, message=message)


def resume(connection: Connection) -> None:
    """Let jobs be posted again; those that waited are due at once."""
    Connection.objects.filter(pk=connection.pk).update(pause=Connection.Pause.NONE, pause_message="", paused_until=None)
    now = timezone.now()
    Job.objects.filter(connection=connection, state=JobState.QUEUED, due_at__gt=now).update(due_at=now)


def note_balance(connection: Connection, *, credits: int) -> None:
    """Remember what the provider says is left; a pause for lack of credits ends when that changes."""
    before = connection.balance
    Connection.objects.filter(pk=connection.pk).update(balance=credits, balance_at=timezone.now())
    if connection.pause == Connection.Pause.CREDITS and credits != before:
        with transaction.atomic():
            if _locked(connection) == Connection.Pause.CREDITS:
                resume(connection)
                _note(connection, before=Connection.Pause.CREDITS, after=Connection.Pause.NONE)
