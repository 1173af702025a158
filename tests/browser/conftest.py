"""A running Packshot, and people in front of browsers."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.operations.running import ROOT, Running
from tests.pipeline.studio import Studio
from tests.seeded_folder import SeededFolder

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTLED = "Promise.allSettled(document.getAnimations().map((it) => it.transitionProperty && it.finished)).then(() => 0)"
SIZES = {390: 844, 1280: 800, 1920: 1080}
QUICK = {"PACKSHOT_SANDBOX_SECONDS": "0.5", "PACKSHOT_SANDBOX_SCALE": "0.25"}
IS_ANSWER = ("Failed to load resource", "Response Status Error Code")
"""How Chromium and htmx note a refusal, which the page tells itself."""
PICTURES = ROOT / ".screenshots"
PATIENCE = 60_000
"""Milliseconds: a machine that is busy elsewhere is slow, and no test says how fast it is."""

expect.set_options(timeout=PATIENCE)

SignIn = Callable[[str], Page]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, seeded: SeededFolder) -> Iterator[Studio]:
    running = Running(seeded.demo(tmp_path_factory.mktemp("browser")), variables=QUICK).wait()
    try:
        yield Studio.of(running, QUICK)
    finally:
        running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Chromium is missing.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def sign_in(studio: Studio, browser: Browser) -> Iterator[SignIn]:
    """Open a browser of one's own, signed in as a member of the demo team. Nothing may complain in its console."""
    opened, complaints = [], []

    def enter(name: str) -> Page:
        user = next(user for user in studio.running.ready["users"] if user["email"].startswith(name))
        context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if said.type == "error" and not said.text.startswith(IS_ANSWER) else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{studio.url}/accounts/login/")
        page.get_by_label("Email").fill(user["email"])
        page.get_by_label("Password").fill(user["password"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/generate/")
        return page

    yield enter
    for context in opened:
        context.close()
    assert complaints == []


def look(page: Page, name: str) -> None:
    """Take the page's picture at three widths, light and dark, for people: with ``PACKSHOT_TEST_PICTURES=1``."""
    if "PACKSHOT_TEST_PICTURES" not in os.environ:
        return
    PICTURES.mkdir(exist_ok=True)
    before = page.viewport_size
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLED)
            page.screenshot(caret="initial", path=PICTURES / f"{name}-{width}-{scheme}.png")
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)
