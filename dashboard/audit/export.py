"""The log as files that are written while they are read, so that their length costs no memory."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from dashboard.accounts.models import Team
from dashboard.audit import heads, labels, verify
from dashboard.audit.chain import link
from dashboard.audit.models import AuditEvent
from dashboard.audit.proof import events
from dashboard.audit.verify import FORMAT, canonical
from dashboard.ui import csv, times

AT_ONCE = 500
COLUMNS = ["sequence", "time", "who", "kind", "address", "what", "action", "object", "before", "after", "hash"]


def json_lines(team: Team) -> Iterator[str]:
    """The whole chain, oldest first, between a heading and its signed head: what the verifier reads."""
    head = heads.current(team.id)
    about = {"id": team.id, "name": team.name}
    yield _line({"format": FORMAT, "team": about, "public_key": heads.public_key(), "at": timezone.now().isoformat()})
    for event in events(team.id, upto=head.sequence):
        yield _line(asdict(link(event)))
    yield _line({"head": heads.sign(head)})


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row) + "\n"


def csv_lines(rows: QuerySet[AuditEvent], zone: ZoneInfo) -> Iterator[str]:
    """The events that the filters show, newest first."""
    yield csv.MARK + csv.line([times.column(name, zone) if name == "time" else name for name in COLUMNS])
    rest = rows
    while page := list(rest[:AT_ONCE]):
        for event in page:
            yield csv.line(_row(event, zone))
        rest = rows.filter(sequence__lt=page[-1].sequence)


def _row(event: AuditEvent, zone: ZoneInfo) -> list[str | int]:
    return [
        event.sequence,
        event.created_at.astimezone(zone).isoformat(timespec="milliseconds"),
        event.actor,
        event.kind,
        event.address or "",
        labels.sentence(event),
        event.action,
        event.object_id,
        canonical(event.before) if event.before else "",
        canonical(event.after) if event.after else "",
        event.hash,
    ]


def streamed(request: HttpRequest, lines: Iterable[str], *, name: str, mime: str) -> StreamingHttpResponse:
    """``lines`` as a download; under ASGI a plain iterator would be read whole before its first byte left."""
    blocks = _blocks(lines)
    content = _stepwise(blocks) if isinstance(request, ASGIRequest) else blocks
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(content, content_type=mime, headers=headers)


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    """Lines joined to some 64 kB, so that not each of them is a trip to a thread."""
    block, size = [], 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size > 65_536:
            yield "".join(block)
            block, size = [], 0
    yield "".join(block)


async def _stepwise(blocks: Iterator[str]) -> AsyncIterator[str]:
    while (block := await sync_to_async(_next)(blocks)) is not None:
        yield block


def _next(blocks: Iterator[str]) -> str | None:
    """``StopIteration`` cannot leave a thread, so the end is ``None``."""
    return next(blocks, None)


def verifier() -> bytes:
    """The verifier's source, which runs on any Python."""
    return Path(verify.__file__).read_bytes()
