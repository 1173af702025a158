"""Passkeys and codes in front of a real browser, whose device is made of software."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import look
from tests.pipeline.studio import Studio

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


def enter(page: Page, user: dict[str, str]) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(user["email"])
    page.get_by_label("Password").fill(user["password"])
    page.get_by_role("button", name="Sign in").click()


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def leave(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")


def test_a_passkey_is_added_signs_in_serves_as_second_step_and_is_removed(page: Page, studio: Studio) -> None:
    user = next(user for user in studio.running.ready["users"] if user["email"].startswith("bob"))
    enter(page, user)
    page.locator(".user > summary").click()
    page.get_by_role("link", name="Your account").click()
    accessible(page)

    page.get_by_role("link", name="Add a passkey").click()
    accessible(page)
    page.get_by_label("Password").fill(user["password"])
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/webauthn/add/")
    accessible(page)
    look(page, "passkey-add")
    page.get_by_label("Name").fill("Bob's laptop")
    page.get_by_role("button", name="Ask this device").click()
    page.wait_for_url("**/recovery-codes/")
    accessible(page)
    look(page, "recovery-codes")
    page.goto("/accounts/you/")
    expect(page.locator("strong", has_text="Bob's laptop")).to_be_visible()
    expect(page.get_by_text("10 left")).to_be_visible()
    accessible(page)
    look(page, "your-account")

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

    page.goto("/accounts/you/")
    page.get_by_role("link", name="Rename Bob's laptop").click()
    page.wait_for_url("**/reauthenticate/**")
    page.get_by_role("link", name="Use a passkey").click()
    page.wait_for_url("**/webauthn/reauthenticate/**")
    accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/edit/")
    accessible(page)
    page.get_by_label("Name").fill("Old laptop")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("strong", has_text="Old laptop")).to_be_visible()
    page.get_by_role("link", name="Remove Old laptop").click()
    accessible(page)
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("Old laptop")).to_have_count(0)
    leave(page)
    enter(page, user)
    page.wait_for_url("**/generate/")


def test_a_device_that_does_not_confirm_is_told_in_words(page: Page, studio: Studio) -> None:
    """Here: a browser at an address without a name, and a sign-in with a device that keeps no passkey."""
    page.goto("/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')) }")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("The device did not confirm it, or it took too long.")).to_be_visible()
    page.goto(f"{studio.url}/accounts/login/")
    expect(page.get_by_label("Email")).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
