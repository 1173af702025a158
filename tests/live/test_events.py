"""``/events/``: what happens in a team reaches its open pages, and nobody else's."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import TestCase
from django.test.client import AsyncClient

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.live import hub as hubs
from dashboard.live import views
from dashboard.members import actions
from dashboard.studio.actions import JobSpec, start
from generation.models import Job
from generation.pipeline import events
from tests.conftest import browser_of


@pytest.fixture
def job(team: Team, creator: Any, mug: Any) -> Job:
    spec = JobSpec(product=mug, prompt="On marble", model="nanobanana2", aspect_ratio="1:1", num_images=1)
    return start(creator, specs=[spec]).jobs.get()


class Page:
    """An open page of a member."""

    def __init__(self, answer: StreamingHttpResponse) -> None:
        self.answer = answer
        self.stream: AsyncIterator[bytes] = aiter(answer.streaming_content)  # type: ignore[arg-type]

    @classmethod
    async def of(cls, user: User) -> "Page":
        client = AsyncClient()
        await sync_to_async(client.force_login)(user)
        page = cls(await client.get("/events/"))  # type: ignore[arg-type]
        assert b"retry:" in await page.next()
        return page

    async def next(self) -> bytes:
        return await asyncio.wait_for(anext(self.stream), 5)

    async def close(self) -> None:
        """Go away as a browser does: the server cancels what waits for the next event."""
        waiting = asyncio.create_task(self.next())
        await asyncio.sleep(0)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting


def tell(job: Job) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
        events.job_changed(job)


def test_an_event_that_is_committed_reaches_every_page_of_the_team(job: Job, bob: User, vera: User) -> None:
    async def scene() -> None:
        pages = [await Page.of(bob), await Page.of(vera)]
        await sync_to_async(tell)(job)
        for page in pages:
            head, data = (await page.next()).decode().strip().split("\n")
            assert head == "event: job"
            assert json.loads(data.removeprefix("data: ")) == {
                "id": job.id, "job": job.id, "batch": job.batch_id, "state": "queued"
            }  # fmt: skip
            await page.close()

    async_to_sync(scene)()


def test_an_event_that_is_rolled_back_never_leaves(job: Job, bob: User) -> None:
    def change_of_mind() -> None:
        with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
            job.state = "failed"
            events.job_changed(job)
            transaction.set_rollback(True)
        job.state = "queued"
        tell(job)

    async def scene() -> None:
        page = await Page.of(bob)
        await sync_to_async(change_of_mind)()
        assert b"queued" in await page.next()
        await page.close()

    async_to_sync(scene)()


def test_another_team_hears_nothing(job: Job, charlie: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "HEARTBEAT", 0.3)

    async def scene() -> None:
        page = await Page.of(charlie)
        await sync_to_async(tell)(job)
        assert await page.next() == b": still here\n\n"
        await page.close()

    async_to_sync(scene)()


def test_its_headers_keep_proxies_from_holding_it_back(bob: User) -> None:
    async def scene() -> None:
        page = await Page.of(bob)
        assert page.answer["Content-Type"] == "text/event-stream"
        assert page.answer["Cache-Control"] == "no-cache"
        assert page.answer["X-Accel-Buffering"] == "no"
        await page.close()

    async_to_sync(scene)()


def put_out(team: Team, owner: User, user: User) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.remove(Actor(team, Role.OWNER, user=owner), Membership.objects.get(team=team, user=user))


def test_who_is_put_out_of_the_team_is_cut_off_at_once(
    job: Job, team: Team, alice: User, bob: User, vera: User
) -> None:
    async def scene() -> None:
        out, stays = await Page.of(bob), await Page.of(vera)
        await sync_to_async(put_out)(team, alice, bob)
        with pytest.raises(StopAsyncIteration):
            await out.next()
        await sync_to_async(tell)(job)
        assert b"event: job" in await stays.next()
        await stays.close()

    async_to_sync(scene)()


@pytest.mark.parametrize("how", ["signed out elsewhere", "another password", "switched off"])
def test_who_is_no_longer_signed_in_is_cut_off_soon(bob: User, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "HEARTBEAT", 0.05)
    monkeypatch.setattr(views, "RECHECK", 0.0)

    def end() -> None:
        if how == "signed out elsewhere":
            Session.objects.all().delete()
        elif how == "another password":
            bob.set_password("seven quiet lamps")
        bob.is_active = how != "switched off"
        bob.save()

    async def scene() -> None:
        page = await Page.of(bob)
        assert await page.next() == b": still here\n\n"
        await sync_to_async(end)()
        with pytest.raises(StopAsyncIteration):
            await page.next()

    async_to_sync(scene)()


def test_a_slow_page_is_let_go_instead_of_filling_memory(job: Job, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "BACKLOG", 3)

    async def scene() -> None:
        slow, other = await Page.of(bob), await Page.of(bob)
        for _ in range(5):
            await sync_to_async(tell)(job)
            await other.next()
        with pytest.raises(StopAsyncIteration):
            await slow.next()
        await other.close()

    async_to_sync(scene)()


def test_streams_share_one_subscription_and_the_last_one_ends_it(bob: User, broker: Any) -> None:
    async def scene() -> None:
        pages = [await Page.of(bob) for _ in range(3)]
        assert broker.pubsub_numpat() == 1
        for page in pages:
            await page.close()
        for _ in range(100):
            if not broker.pubsub_numpat():
                return
            await asyncio.sleep(0.02)
        pytest.fail("the subscription is still there")

    async_to_sync(scene)()


def test_a_crowd_is_asked_to_come_back_later(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "STREAMS_MAX", 1)

    async def scene() -> None:
        page = await Page.of(bob)
        answer = await first_answer(bob)
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        await page.close()

    async_to_sync(scene)()


def test_one_person_takes_no_more_than_a_share(bob: User, vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "PERSON_MAX", 2)

    async def scene() -> None:
        pages = [await Page.of(bob), await Page.of(bob)]
        answer = await first_answer(bob)
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        pages += [await Page.of(vera)]
        await pages.pop(0).close()
        pages += [await Page.of(bob)]
        for page in pages:
            await page.close()

    async_to_sync(scene)()


def test_pages_that_open_at_one_moment_share_what_there_is(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "PERSON_MAX", 2)

    async def scene() -> None:
        pages = [Page(await first_answer(bob)) for _ in range(4)]  # type: ignore[arg-type]
        first = [await page.next() for page in pages]
        assert [b"retry: 2000" in event for event in first] == [True, True, False, False]
        for page in pages[2:]:
            with pytest.raises(StopAsyncIteration):
                await page.next()
        for page in pages[:2]:
            await page.close()

    async_to_sync(scene)()


async def first_answer(user: User) -> HttpResponse:
    client = AsyncClient()
    await sync_to_async(client.force_login)(user)
    return await client.get("/events/")  # type: ignore[return-value]


def test_without_a_broker_the_page_is_told_to_poll(bob: User, settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    assert async_to_sync(first_answer)(bob).status_code == 503


def test_a_server_that_cannot_stream_says_so(bob: User) -> None:
    assert browser_of(bob).get("/events/").status_code == 503


def test_a_server_that_stops_lets_its_pages_go(bob: User) -> None:
    async def scene() -> None:
        page = await Page.of(bob)
        hubs.hub().end()
        with pytest.raises(StopAsyncIteration):
            await page.next()

    async_to_sync(scene)()


def test_who_is_in_no_team_finds_nothing(db: None) -> None:
    nobody = User.objects.create_user(email="nobody@example.com", password="x")
    assert async_to_sync(first_answer)(nobody).status_code == 404
    assert async_to_sync(AsyncClient().get)("/events/").status_code == 404
