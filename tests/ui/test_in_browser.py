"""The style guide in a real browser, under the real policy. Pages and files are handed to it in-process: no server."""

import mimetypes
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from csp.utils import build_policy
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails
from playwright.sync_api import Browser, Page, Route, sync_playwright

from dashboard.ui import views
from dashboard.ui.htmx import HtmxRequest

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
HOST = "http://testserver"


def answer(url: str, method: str, headers: dict[str, str]) -> HttpResponse:
    """What the style guide says to a request."""
    parts = urlsplit(url)
    name = parts.path.removeprefix("/styleguide/").strip("/")
    make = RequestFactory(headers={key: value for key, value in headers.items() if key.startswith("hx-")})
    if method == "POST":
        photo = SimpleUploadedFile("mug.jpg", b"photo")
        return views.upload(make.post(parts.path, {"photo": photo}))
    request = cast("HtmxRequest", make.get(parts.path, dict(parse_qsl(parts.query))))
    request.htmx = HtmxDetails(request)
    return views.sample(request, name) if name else views.styleguide(request)


def serve(route: Route) -> None:
    path = urlsplit(route.request.url).path
    if path.startswith("/static/"):
        found = finders.find(path.removeprefix("/static/"))
        route.fulfill(body=Path(found or "").read_bytes(), content_type=mimetypes.guess_type(path)[0])
    elif path.startswith("/styleguide/"):
        response = answer(route.request.url, route.request.method, route.request.headers)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": build_policy()}
        route.fulfill(status=response.status_code, body=response.content, headers=headers)
    else:
        route.fulfill(status=204)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing.")
        pytest.skip("Chromium is missing.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *QUIET])
        yield started
        started.close()


def opened(browser: Browser, path: str, *, width: int = 1280, theme: str = "light") -> Page:
    """A page at rest, on which any complaint of the browser fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.route("**/*", serve)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("console", lambda said: pytest.fail(said.text) if "Content Security Policy" in said.text else None)
    page.goto(HOST + path)
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/styleguide/", "/styleguide/gallery/?open=mug", "/styleguide/signin/"])
def test_axe_finds_nothing(browser: Browser, path: str, theme: str) -> None:
    page = opened(browser, path, theme=theme)
    result = Axe().run(page)
    page.context.close()
    assert result.response["passes"]
    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("width", [360, 768, 1280, 2560])
@pytest.mark.parametrize("path", ["/styleguide/", "/styleguide/generate/", "/styleguide/signin/"])
def test_nothing_is_wider_than_the_screen(browser: Browser, path: str, width: int) -> None:
    page = opened(browser, path, width=width)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.context.close()
    assert wide <= width


def test_rows_of_the_gallery_have_one_height_and_fill_the_width(browser: Browser) -> None:
    page = opened(browser, "/styleguide/gallery/")
    boxes = page.eval_on_selector_all(
        "#gallery > .picture", "all => all.map(e => e.getBoundingClientRect()).map(b => [b.top, b.height, b.right])"
    )
    edge = page.eval_on_selector("#gallery", "e => e.getBoundingClientRect().right")
    page.context.close()
    first = [box for box in boxes if box[0] == boxes[0][0]]
    assert len(first) > 2
    assert max(box[1] for box in first) - min(box[1] for box in first) < 0.5
    assert abs(first[-1][2] - edge) < 1


def test_chosen_theme_outlives_the_page(browser: Browser) -> None:
    page = opened(browser, "/styleguide/generate/")
    page.click(".user > summary")
    page.click(".user [data-theme-choice=dark]")
    page.reload()
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.context.close()
    assert colour == "rgb(20, 20, 19)"


def test_lightbox_follows_keys_and_address_and_gives_focus_back(browser: Browser) -> None:
    page = opened(browser, "/styleguide/gallery/")
    page.focus("#img_mug > a")
    page.keyboard.press("Enter")
    page.wait_for_selector("#lightbox[open] h2 >> text=Enamel mug")
    assert page.url.endswith("?open=mug")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#lightbox h2 >> text=Hand cream")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#lightbox h2 >> text=Enamel mug")
    page.keyboard.press("Escape")
    page.wait_for_url("**/styleguide/gallery/")
    assert page.evaluate("document.activeElement.parentElement.id") == "img_mug"
    page.go_forward()
    page.wait_for_selector("#lightbox[open] h2 >> text=Enamel mug")
    page.go_back()
    page.wait_for_selector("#lightbox:not([open])", state="attached")
    page.context.close()


def test_shift_selects_all_between_and_escape_lets_go(browser: Browser) -> None:
    page = opened(browser, "/styleguide/gallery/")
    page.focus("#img_bottle > a")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Space")
    assert page.inner_text("[data-selection-count]") == "3 selected"
    page.keyboard.press("Escape")
    assert page.is_hidden("[data-selection]")
    page.context.close()


def test_price_follows_every_choice_and_refuses_what_credits_do_not_buy(browser: Browser) -> None:
    page = opened(browser, "/styleguide/generate/")
    assert page.inner_text("[data-price-label]") == "Generate 2 pictures · 10 credits"
    page.check("input[name=count][value='4']")
    assert page.inner_text("[data-price-label]") == "Generate 8 pictures · 40 credits"
    for box in page.query_selector_all("#tray input, input[name=preset], input[name=shape]"):
        box.check()
    assert page.is_disabled("[data-price-button]")
    assert "the team has 412" in page.inner_text("[data-price-short]")
    page.context.close()


def test_each_photo_of_an_upload_gets_its_own_answer(browser: Browser) -> None:
    page = opened(browser, "/styleguide/generate/")
    page.set_input_files(
        "#photos",
        [
            {"name": "mug.jpg", "mimeType": "image/jpeg", "buffer": b"photo"},
            {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"},
            {"name": "none.png", "mimeType": "image/png", "buffer": b""},
        ],
    )
    page.wait_for_selector("#tray .tray-row >> text=mug.jpg")
    assert page.locator(".uploads .is-failed").count() == 2
    assert "not a JPEG, PNG or WebP" in page.inner_text(".uploads")
    assert "empty" in page.inner_text(".uploads")
    page.context.close()
