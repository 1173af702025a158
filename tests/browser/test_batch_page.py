"""A batch's page in a browser: it moves by itself, and its buttons do what they say and cost."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, look
from tests.browser.test_pictures import assert_accessible
from tests.pipeline.studio import Studio


def start(studio: Studio, count: int) -> str:
    """A batch of Bob's, one picture each for 3 credits; its id."""
    return studio.shell(
        "from dashboard.accounts.access import Actor; from dashboard.accounts.models import Role, User; "
        "from dashboard.projects.models import Product; from dashboard.studio.actions import JobSpec, start; "
        "acting = Actor(connection.team, Role.CREATOR, user=User.objects.get(email__startswith='bob')); "
        "spec = JobSpec(product=Product.objects.earliest('id'), prompt='On marble', model='nanobanana', "
        f"aspect_ratio='1:1', num_images=1); print(start(acting, specs=[spec] * {count}).id)"
    )


def finished(page: Page, words: str) -> None:
    expect(page.locator("#batch-summary")).to_contain_text(re.compile(words.replace(" ", r"\s+")))


def test_a_batch_finishes_before_ones_eyes_and_what_failed_is_tried_again(sign_in: SignIn, studio: Studio) -> None:
    bob = sign_in("bob")
    studio.set_faults(failure=True, times=2)
    batch = start(studio, 6)
    bob.goto(f"{studio.url}/batches/{batch}/")
    finished(bob, "6 of 6 jobs finished")
    expect(bob.locator(".batch-row a[data-lightbox]")).to_have_count(4)
    expect(bob.locator(".batch-row", has_text="could not make this picture")).to_have_count(2)
    assert_accessible(bob)
    look(bob, "batch-page")

    bob.get_by_role("link", name="Failed 2").click()
    expect(bob.locator(".batch-row")).to_have_count(2)
    bob.get_by_role("button", name="Retry 2 failed · 6 credits").click()
    bob.wait_for_url(lambda url: batch not in url)
    finished(bob, "2 of 2 jobs finished")
    expect(bob.locator(".batch-row a[data-lightbox]")).to_have_count(2)

    bob.get_by_role("link", name="All batches").click()
    expect(bob.locator(".batch-entry").first).to_contain_text("2 of 2 done")
    assert_accessible(bob)
    look(bob, "batches")


def test_without_a_stream_the_page_asks_and_the_rest_is_cancelled(sign_in: SignIn, studio: Studio) -> None:
    vera, bob = sign_in("vera"), sign_in("bob")
    studio.shell("connections.Connection.objects.update(pause='credits')")
    batch = start(studio, 3)
    vera.route("**/events/", lambda route: route.fulfill(status=503))
    for page in (vera, bob):
        page.goto(f"{studio.url}/batches/{batch}/")
        finished(page, "0 of 3 jobs finished")
    bob.get_by_text("Cancel the rest").click()
    bob.get_by_role("button", name="Cancel what is queued").click()
    expect(bob.get_by_text("3 jobs cancelled. Their credits are back.")).to_be_visible()
    finished(vera, "3 of 3 jobs finished")
    expect(vera.locator(".batch-row", has_text="Cancelled")).to_have_count(3)
    expect(bob.get_by_text("Cancel the rest")).to_be_hidden()
    studio.resume()
