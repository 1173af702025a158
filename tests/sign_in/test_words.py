"""No page of allauth's own can be reached: each is ours, or nothing leads to it."""

from pathlib import Path

import allauth

from tests.ui.markup import TEMPLATES

THEIRS = Path(allauth.__file__).parent / "templates"
UNREACHABLE = {
    "account/confirm_email_verification_code.html": "no codes by mail",
    "account/confirm_login_code.html": "no codes by mail",
    "account/confirm_password_reset_code.html": "no codes by mail",
    "account/confirm_phone_verification_code.html": "no telephones",
    "account/email.html": "Your account has the address",
    "account/email_change.html": "Your account has the address",
    "account/email_confirm.html": "Your account has the address",
    "account/phone_change.html": "no telephones",
    "account/request_login_code.html": "no codes by mail",
    "account/signup_by_passkey.html": "people come in with a password or by single sign-on",
    "account/verification_sent.html": "no address has to be confirmed",
    "account/verified_email_required.html": "no address has to be confirmed",
    "mfa/index.html": "Your account has it",
    "mfa/trust.html": "no browser is spared the second step",
    "mfa/webauthn/authenticator_list.html": "Your account has them",
    "mfa/webauthn/signup_form.html": "people come in with a password or by single sign-on",
    "socialaccount/login.html": "the button on the sign-in page leads on at once",
    "socialaccount/login_redirect.html": "for cookies of another kind than ours",
    "socialaccount/signup.html": "who is let in has an account at once",
    "usersessions/usersession_list.html": "Your account has them",
}


def test_every_page_is_ours_or_out_of_reach() -> None:
    pages = {
        str(path.relative_to(THEIRS))
        for app in ("account", "mfa", "socialaccount", "usersessions")
        for path in (THEIRS / app).rglob("*.html")
        if not path.name.startswith("base") and path.parent.name != "snippets"
    }
    assert {page for page in pages if not (TEMPLATES / page).exists()} == UNREACHABLE.keys()
