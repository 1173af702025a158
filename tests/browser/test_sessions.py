"""The session ends while a page is open: the page says so once, keeps what is in it, and goes on after signing in."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, look
from tests.browser.test_pictures import assert_accessible, newest
from tests.pictures import photo
from tests.pipeline.studio import Studio

NOTICE = "You are signed out. What you have here is kept."


def end_sessions(studio: Studio) -> None:
    studio.shell("from django.contrib.sessions.models import Session; Session.objects.all().delete()")


def sign_in_beside(page: Page, studio: Studio, name: str) -> None:
    user = next(user for user in studio.running.ready["users"] if user["email"].startswith(name))
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in").click()
    window = opened.value
    window.get_by_label("Email").fill(user["email"])
    window.get_by_label("Password").fill(user["password"])
    with window.expect_event("close"):
        window.get_by_role("button", name="Sign in").click()


def test_what_is_on_the_page_is_kept_until_one_has_signed_in_beside_it(
    sign_in: SignIn, studio: Studio, tmp_path: Path
) -> None:
    bob = sign_in("bob")
    bob.get_by_text("Write a prompt").click()
    prompt = bob.get_by_role("textbox", name="Prompt")
    prompt.fill("On wet basalt")
    bob.locator("#tray .tray-row", has_text="Fig candle").locator("input").check()
    end_sessions(studio)
    hat = tmp_path / "rain-hat.jpg"
    hat.write_bytes(photo(colour="#557711"))
    bob.locator("#photos").set_input_files(hat)
    expect(bob.get_by_text("Kept here until you are signed in")).to_be_visible()
    bob.get_by_label("Search products").fill("hat")
    expect(bob.get_by_text(NOTICE)).to_have_count(1)
    expect(bob.locator(".toast")).to_have_count(1)
    expect(bob.get_by_label("Password")).to_have_count(0)
    assert_accessible(bob)
    look(bob, "signed-out")

    sign_in_beside(bob, studio, "bob")
    expect(bob.locator("#tray .tray-row", has_text="Rain hat")).to_be_visible()
    expect(bob.get_by_text(NOTICE)).to_have_count(0)
    expect(prompt).to_have_value("On wet basalt")
    bob.locator("#tray .tray-row", has_text="Rain hat").locator("input").check()
    bob.locator("[data-price-button]").click()
    expect(newest(bob)).to_contain_text("Done")


def test_a_form_that_loads_another_page_asks_first_and_keeps_what_was_written(sign_in: SignIn, studio: Studio) -> None:
    bob = sign_in("bob")
    bob.goto(f"{studio.url}/projects/new/")
    bob.get_by_label("Name").fill("Winter lookbook")
    bob.clock.install()
    end_sessions(studio)
    bob.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    bob.get_by_role("button", name="Create project").click()
    expect(bob.get_by_text(NOTICE)).to_be_visible()
    sign_in_beside(bob, studio, "vera")
    expect(bob.get_by_text("This browser is signed in as Vera")).to_be_visible()
    expect(bob.get_by_label("Name")).to_have_value("Winter lookbook")
