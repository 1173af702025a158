"""Cards and rows in a real browser when answers overtake each other. Requests are answered in-process: no server."""

from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, Route, expect

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.projects.actions import add_photo, take_photo
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.models import Batch, Job
from generation.pipeline import jobs
from tests import in_process
from tests.browser.conftest import IS_ANSWER
from tests.conftest import browser_of
from tests.in_process import Open, pages_of, serve
from tests.pictures import photo

chromium = in_process.chromium
SPEC = {"prompt": "On marble", "model": "nanobanana", "aspect_ratio": "1:1", "num_images": 1}


@pytest.fixture
def job(creator: Actor, mug: Product) -> Job:
    return start(creator, specs=[JobSpec(product=mug, **SPEC)]).jobs.get()  # type: ignore[arg-type]


@pytest.fixture
def opened(chromium: Browser, bob: User) -> Iterator[Open]:
    """Open a page as Bob that hears only what the test tells it. Nothing may complain in its console."""
    complaints: list[str] = []
    with pages_of(bob, chromium, at="/generate/") as open_page:

        def open_quiet(path: str = "/generate/") -> Page:
            page = open_page(path)
            page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")  # or it would poll
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            return page

        yield open_quiet
    assert [text for text in complaints if not text.startswith(IS_ANSWER)] == []


class Held:
    """The next request to an address; Bob's answer arrives when the test says so."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.page, self.routes = page, list[Route]()
        page.route(pattern, lambda route: route.fallback() if self.routes else self.routes.append(route))

    def is_sent(self) -> None:
        for _ in range(2000):
            if self.routes:
                return
            self.page.wait_for_timeout(10)
        raise AssertionError("It was never asked for.")

    def arrives(self, body: str = "") -> None:
        """As it is now, or as it was."""
        route = self.routes[0]
        with self.page.expect_event("requestfinished", lambda request: request == route.request):
            if body:
                route.fulfill(body=body, content_type="text/html")
            else:
                serve(route, browser_of(User.objects.get(name="Bob")), connections["default"])


def news(page: Page, place: str) -> None:
    """What moved is told, as js/live.js and js/batch.js do."""
    page.evaluate("id => htmx.trigger(document.getElementById(id), 'refresh')", place)


def test_news_that_come_while_a_card_is_fetched_are_not_lost(job: Job, bob: User, opened: Open) -> None:
    page = opened()
    look = Held(page, "**/card/")
    news(page, job.id)
    look.is_sent()
    before = browser_of(bob).get(f"/jobs/{job.id}/card/", headers={"HX-Request": "true"}).content.decode()
    jobs.cancel(job)
    news(page, job.id)
    look.arrives(before)
    expect(page.locator(f"#{job.id}")).to_contain_text("Cancelled")


def test_a_press_is_answered_though_a_look_was_answered_first(job: Job, opened: Open) -> None:
    jobs.cancel(job)
    page = opened()
    look, press = Held(page, "**/card/"), Held(page, "**/retry/")
    news(page, job.id)
    look.is_sent()
    page.get_by_role("button", name="Try again").click()
    press.is_sent()
    look.arrives()
    press.arrives()
    expect(page.locator("#arriving [data-job]")).to_have_count(2)
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)


def test_a_look_that_is_answered_after_a_press_disturbs_nothing(job: Job, opened: Open) -> None:
    jobs.cancel(job)
    page = opened()
    look = Held(page, "**/card/")
    news(page, job.id)
    look.is_sent()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#arriving [data-job]")).to_have_count(2)
    look.arrives()
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)


def test_a_row_keeps_its_place_until_its_button_is_answered(job: Job, opened: Open) -> None:
    page = opened(f"/batches/{job.batch_id}/")
    press = Held(page, "**/cancel/")
    page.locator(".batch-row").get_by_role("button", name="Cancel").click()
    press.is_sent()
    with page.expect_response("**/now/**"):
        news(page, "batch-summary")
    press.arrives()
    expect(page.locator(".batch-row")).to_contain_text("Cancelled")
    expect(page.locator("#batch-summary")).to_contain_text("1 of 1 job finished")


def test_a_price_that_was_overtaken_is_followed_by_the_newest(mug: Product, opened: Open) -> None:
    page = opened(f"/generate/?product={mug.id}")
    price = Held(page, "**/quote/")
    page.get_by_label("Model").select_option("nanobanana")
    price.is_sent()
    page.get_by_label("Model").select_option("gpt-high")
    page.wait_for_timeout(500)  # twice as long as the page waits for another change
    with page.expect_request("**/quote/"):
        price.arrives()
    expect(page.locator("#quote")).to_contain_text("8 credits")


def test_a_double_click_is_one_batch_and_a_press_after_the_answer_another(job: Job, opened: Open) -> None:
    page = opened(f"/generate/?job={job.id}")
    arrived = page.locator("#arriving [data-job]")
    page.locator("[data-price-button]").dblclick()
    expect(arrived).to_have_count(2)
    page.locator("[data-price-button]").click()
    expect(arrived).to_have_count(3)
    assert Batch.objects.count() == 3


def test_the_price_counts_the_photos_of_a_product_at_once(opened: Open, mug: Product, creator: Actor) -> None:
    back = take_photo(creator, photo(colour="#aa3300"))
    add_photo(creator, mug, asset=back, note="Back")
    page = opened(f"/generate/?product={mug.id}")
    count = page.locator("[data-price-note]")
    expect(count).to_have_text("1 product × 1 shape × 1")
    page.get_by_role("checkbox", name="Back 2").check(force=True)
    expect(count).to_have_text("2 photos of 1 product × 1 shape × 1")
    expect(page.locator("[data-price-pictures]").first).to_have_text("2 pictures")
    expect(page.locator("[data-chosen]")).to_have_text("1 chosen")
    page.get_by_role("checkbox", name="Camp mug").first.uncheck(force=True)
    expect(page.locator("[data-chosen]")).to_have_text("0 chosen")
    expect(page.locator(".tray-photos")).to_be_hidden()
