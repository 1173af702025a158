"""News for open pages as server-sent events."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET
from redis.exceptions import RedisError

from dashboard.accounts import access
from dashboard.accounts.models import Membership, User
from dashboard.live.hub import END, hub
from generation import live

HEARTBEAT = 15.0
"""Seconds of silence after which a comment shows that both ends are there."""
RECHECK = 45.0
"""Seconds between two looks whether the person is still in the team."""


@require_GET
async def events(request: HttpRequest) -> HttpResponseBase:
    """The events of the chosen team until either side leaves. 404 without a team, 503 when it is too crowded."""
    if not isinstance(request, ASGIRequest):
        return _later()  # a WSGI server would wait for the stream to end
    team_id, user_id = await sync_to_async(_listener)(request)
    try:
        if hub().is_full:
            return _later()
        await hub().open()
    except (RedisError, OSError):
        return _later()
    return StreamingHttpResponse(
        _stream(team_id, user_id), "text/event-stream", headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    )


def _later() -> HttpResponse:
    """The page polls meanwhile."""
    return HttpResponse("Live news are not available now.", "text/plain", status=503, headers={"Retry-After": "10"})


def _listener(request: HttpRequest) -> tuple[str, int]:
    acting = access.actor(request)
    close_old_connections()  # the stream lives for hours and needs none
    return acting.team.id, cast("User", acting.user).pk


def _is_member(team_id: str, user_id: int) -> bool:
    found = Membership.objects.filter(team_id=team_id, user_id=user_id, user__is_active=True).exists()
    close_old_connections()
    return found


async def _stream(team_id: str, user_id: int) -> AsyncIterator[bytes]:
    with hub().listen(live.channel(team_id)) as news:
        await hub().open()  # the last stream before us may have closed it
        checked = time.monotonic()
        yield b"retry: 2000\n: open\n\n"
        while True:
            if time.monotonic() - checked > RECHECK:
                checked = time.monotonic()
                if not await sync_to_async(_is_member)(team_id, user_id):
                    return
            try:
                told = await asyncio.wait_for(news.get(), HEARTBEAT)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if told == END:
                return
            yield _event(told)


def _event(told: bytes) -> bytes:
    """``generation.live``'s JSON as an event; pages know a job by ``id``."""
    news = json.loads(told)
    kind = news.pop("kind")
    return f"event: {kind}\ndata: {json.dumps({'id': news.get(kind), **news})}\n\n".encode()
