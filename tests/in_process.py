"""Pages in a real browser, under the real policy, whose requests the test's own process answers: no server."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from playwright.sync_api import Browser, Page, Route, sync_playwright

from dashboard.accounts.models import User
from tests.browser.conftest import PATIENCE, SETTLED
from tests.conftest import browser_of
from tests.ui.test_in_browser import CHROMIUM, HOST, QUIET

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Chromium is missing.")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps a loop running in this thread; our answers are given between its steps.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *QUIET])
        yield started
        started.close()


@contextmanager
def pages_of(user: User, chromium: Browser, *, at: str) -> Iterator[Open]:
    """Open pages as a member, by default the one ``at``; any complaint of the browser's policy fails the test."""
    client, database = browser_of(user), connections["default"]
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.route("**/*", lambda route: serve(route, client, database))
    context.set_default_timeout(PATIENCE)

    def open_page(path: str = at) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.on("console", lambda said: pytest.fail(said.text) if "Content Security Policy" in said.text else None)
        page.goto(HOST + path)
        return page

    yield open_page
    context.close()


def serve(route: Route, client: Client, database: BaseDatabaseWrapper) -> None:
    """Answer a request as the server would whom ``client`` asks."""
    connections["default"] = database  # the test's own: Playwright calls us from a context of its own
    path = route.request.url.removeprefix(HOST)
    if path == "/events/":
        route.fulfill(status=503)  # what arrives is told by the tests
        return
    if path.startswith("/static/"):
        route.fulfill(path=str(finders.find(path.removeprefix("/static/").partition("?")[0])))
        return
    asked = {name: value for name, value in route.request.headers.items() if name in {"hx-request", "hx-target"}}
    if route.request.method == "POST":
        kind = route.request.headers["content-type"]
        answer = client.post(path, route.request.post_data or "", content_type=kind, headers=asked)
    else:
        answer = client.get(path, headers=asked)
    route.fulfill(status=answer.status_code, body=answer.content, headers=dict(answer.items()))


def assert_for_everybody(page: Page) -> None:
    """Breaks no rule of accessibility, light or dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate(SETTLED)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
