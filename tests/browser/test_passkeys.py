"""Passkeys and codes in front of a real browser, whose device is made of software."""

import time
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import look
from tests.pipeline.studio import Studio
from tests.sign_in.conftest import code

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser: Browser, studio: Studio) -> Iterator[Page]:
    """A page of a browser that can keep passkeys; nothing may complain in its console."""
    context = browser.new_context(
        base_url=f"http://localhost:{studio.running.port}",
        viewport={"width": 1280, "height": 800},
        reduced_motion="reduce",
    )
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield page
    context.close()
    assert complaints == []


def user_of(studio: Studio, name: str) -> dict[str, str]:
    return next(user for user in studio.running.ready["users"] if user["email"].startswith(name))


def enter(page: Page, user: dict[str, str]) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(user["email"])
    page.get_by_label("Password").fill(user["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def leave(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def add(page: Page, user: dict[str, str], name: str) -> None:
    """From the menu to the recovery codes that come with the first passkey."""
    page.locator(".user > summary").click()
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(user["password"])
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/webauthn/add/")
    accessible(page)
    look(page, "passkey-add")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Ask this device").click()
    page.wait_for_url("**/recovery-codes/")


def test_a_passkey_signs_in_alone_and_is_the_second_step(page: Page, studio: Studio) -> None:
    user = user_of(studio, "bob")
    enter(page, user)
    add(page, user, "Bob's laptop")
    accessible(page)
    look(page, "recovery-codes")

    leave(page)
    accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/generate/")

    leave(page)
    enter(page, user)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    accessible(page)
    look(page, "second-step")
    page.get_by_role("button", name="Use a passkey instead").click()
    page.wait_for_url("**/generate/")


def test_a_passkey_is_renamed_and_removed(page: Page, studio: Studio) -> None:
    user = user_of(studio, "vera")
    enter(page, user)
    add(page, user, "Vera's phone")
    leave(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/generate/")

    page.goto("/accounts/you/")
    expect(page.get_by_text("10 left")).to_be_visible()
    accessible(page)
    look(page, "your-account")
    page.get_by_role("link", name="Rename Vera's phone").click()
    page.wait_for_url("**/reauthenticate/**")
    page.get_by_role("link", name="Use a passkey").click()
    page.wait_for_url("**/webauthn/reauthenticate/**")
    accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/edit/")
    accessible(page)
    page.get_by_label("Name").fill("Old phone")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove Old phone").click()
    accessible(page)
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    expect(page.get_by_text("Old phone")).to_have_count(0)
    leave(page)
    enter(page, user)
    page.wait_for_url("**/generate/")
    leave(page)
    enter(page, user_of(studio, "alice"))
    for action in ("passkey.added", "passkey.renamed", "passkey.removed"):
        page.goto(f"/audit/?action={action}&q=vera")
        expect(page.locator(".audit-line")).to_have_count(1)


def test_without_scripts_a_code_is_enough(browser: Browser, studio: Studio) -> None:
    user = user_of(studio, "alice")
    context = browser.new_context(base_url=studio.url, java_script_enabled=False)
    page = context.new_page()
    enter(page, user)
    page.goto("/accounts/you/")
    expect(page.get_by_text("Passkeys need a browser that supports them")).to_be_visible()
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Password").fill(user["password"])
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("img", name="QR code of the key below")).to_be_visible()
    page.get_by_role("textbox", name="Code").fill(code(page.locator("#secret").inner_text(), int(time.time()) // 30))
    page.get_by_role("button", name="Switch two-factor sign-in on").click()
    lost = page.locator("#codes").inner_text().split()[0]
    context.clear_cookies()
    enter(page, user)
    page.get_by_label("Code").fill(lost)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/generate/")
    context.close()


def test_a_device_that_does_not_confirm_is_told_in_words(page: Page, studio: Studio) -> None:
    """And at an address without a name nobody is offered what cannot work there."""
    page.goto("/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')) }")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("The device did not confirm it, or it took too long.")).to_be_visible()
    page.goto(f"{studio.url}/accounts/login/")
    expect(page.get_by_label("Email")).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
