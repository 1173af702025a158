"""From an invitation to a picture, past a cap: what a new member and the owner see of it."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SignIn, look
from tests.browser.test_pictures import assert_accessible, newest, write_prompt
from tests.pipeline.studio import Studio

DANA, PASSWORD = "dana@example.com", "hills-over-quiet-water"


def invite(owner: Page, studio: Studio) -> str:
    """A link for whoever has it."""
    owner.goto(f"{studio.url}/settings/members/")
    owner.get_by_role("button", name="Invite").click()
    link = owner.locator("#invitation-link").inner_text()
    look(owner, "members")
    owner.set_viewport_size({"width": 390, "height": 844})
    assert owner.evaluate(
        "[...document.querySelectorAll('.table-wrap')].map((it) => it.scrollWidth - it.clientWidth)"
    ) == [0, 0]
    assert_accessible(owner)
    owner.set_viewport_size({"width": 1280, "height": 800})
    return link


def join(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Your name").fill("Dana")
    page.get_by_label("Email").fill(DANA)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Create the account and join").click()
    page.wait_for_url("**/generate/")


def set_cap(owner: Page, studio: Studio, *, whose: str, credits: int) -> None:
    owner.goto(f"{studio.url}/spend/caps/")
    expect(owner.get_by_text("Nothing is capped")).to_be_visible()
    owner.get_by_label("Whose").select_option(label=whose)
    owner.get_by_label("Credits", exact=True).fill(str(credits))
    owner.get_by_role("button", name="Set cap").click()
    expect(owner.get_by_role("heading", name="Dana")).to_be_visible()


def test_a_new_member_is_stopped_by_a_cap_and_goes_on_once_it_is_raised(
    sign_in: SignIn, studio: Studio, browser: Browser
) -> None:
    alice = sign_in("alice")
    link = invite(alice, studio)
    with browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce") as context:
        dana = context.new_page()
        join(dana, link)
        set_cap(alice, studio, whose="Dana", credits=5)
        assert_accessible(alice)

        write_prompt(dana, "On oak, evening light", product="Camp mug", count=2)
        why = dana.get_by_role("region", name="Why is this blocked?")
        expect(why).to_contain_text("The monthly cap of Dana, set by Alice Moreau, allows 5 credits.")
        expect(why.get_by_role("link", name="Alice Moreau")).to_have_attribute("href", re.compile("^mailto:alice@"))
        expect(dana.locator("#quote")).to_contain_text("At 2 pictures each, not even one job fits")
        expect(dana.locator("[data-price-button]")).to_be_disabled()
        assert_accessible(dana)
        look(dana, "cap-blocked")

        raise_it(alice)
        dana.get_by_role("group", name="Pictures of each").get_by_text("1", exact=True).click()
        dana.get_by_role("group", name="Pictures of each").get_by_text("2", exact=True).click()
        expect(why).not_to_be_visible()
        expect(dana.locator("#quote")).to_contain_text("Left for you this month")
        dana.locator("[data-price-button]").click()
        expect(newest(dana)).to_contain_text("Done")
        expect(newest(dana).locator("img")).to_have_count(2)

    told = alice.get_by_text("The monthly cap of Dana reached 100 %: 6 of 6 credits used.")
    alice.goto(f"{studio.url}/spend/caps/")
    for _ in range(20):
        if alice.get_by_text("Mailed").count():
            break
        alice.wait_for_timeout(500)
        alice.reload()
    expect(told).to_be_visible()
    expect(alice.get_by_text("Mailed")).to_be_visible()
    assert_accessible(alice)
    look(alice, "caps")


def raise_it(owner: Page) -> None:
    owner.get_by_role("link", name="Change the monthly cap of Dana").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Monthly cap of Dana")
    assert_accessible(owner)
    owner.get_by_label("Credits on top").fill("1")
    owner.get_by_role("button", name="Raise it").click()
    expect(owner.get_by_text(re.compile("Raised by 1 through"))).to_be_visible()
