"""News for open pages as server-sent events."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET
from redis.exceptions import RedisError

from dashboard.accounts import access
from dashboard.accounts.models import Membership
from dashboard.live.hub import END, hub
from generation.pipeline import events as live

HEARTBEAT = 15.0
"""Seconds of silence after which a comment shows that both ends are there."""
RECHECK = 45.0
"""Seconds between two looks whether the person is still signed in and in the team; who is put out is seen at once."""


@dataclass(frozen=True)
class Listener:
    """A browser, and the team that it shows."""

    session_key: str
    user_id: int
    team_id: str

    def may_stay(self) -> bool:
        request = HttpRequest()
        request.session = SessionStore(self.session_key)
        user = get_user(request)
        found = user.is_authenticated and Membership.objects.filter(team_id=self.team_id, user=user).exists()
        close_old_connections()
        return found


@require_GET
async def events(request: HttpRequest) -> HttpResponseBase:
    """The events of the chosen team until either side leaves. 404 without a team, 503 when it is too crowded.

    A page that gets no stream polls, and asks again every ten seconds.
    """
    if not isinstance(request, ASGIRequest):
        return _later()  # a WSGI server would wait for the stream to end
    listener = await sync_to_async(_listener)(request)
    try:
        if not hub().has_room(listener.user_id):
            return _later()
        await hub().open()
    except (RedisError, OSError):
        return _later()
    return StreamingHttpResponse(
        _stream(listener), "text/event-stream", headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    )


def _later() -> HttpResponse:
    """The page polls meanwhile."""
    return HttpResponse("Live news are not available now.", "text/plain", status=503, headers={"Retry-After": "10"})


def _listener(request: HttpRequest) -> Listener:
    acting = access.actor(request)
    listener = Listener(request.session.session_key or "", acting.user.pk if acting.user else 0, acting.team.id)
    close_old_connections()  # the stream lives for hours and needs none
    return listener


async def _stream(listener: Listener) -> AsyncIterator[bytes]:
    if not hub().has_room(listener.user_id):  # others came in while this one was on its way
        yield b"retry: 10000\n: too many pages are open\n\n"
        return
    with hub().listen(live.channel(listener.team_id), user_id=listener.user_id) as news:
        await hub().open()  # the last stream before us may have closed it
        look_at = time.monotonic() + RECHECK
        yield b"retry: 2000\n: open\n\n"
        while True:
            if time.monotonic() >= look_at:
                look_at = time.monotonic() + RECHECK
                if not await sync_to_async(listener.may_stay)():
                    return
            try:
                told = await asyncio.wait_for(news.get(), HEARTBEAT)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if told == END:
                return
            event = json.loads(told)
            if event["kind"] == live.MEMBERS:
                look_at = 0.0
            else:
                yield _as_text(event)


def _as_text(news: dict[str, str]) -> bytes:
    """``generation.pipeline.events``'s event for a browser; pages know a job by ``id``."""
    kind = news.pop("kind")
    return f"event: {kind}\ndata: {json.dumps({'id': news.get(kind), **news})}\n\n".encode()
