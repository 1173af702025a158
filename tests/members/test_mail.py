"""Mails go to the console of the embedded default, and to a mail server where there is one."""

import os
import re
import socketserver
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from dashboard.accounts.models import Invitation, User
from dashboard.audit.models import AuditEvent
from tests.conftest import browser_of
from tests.sign_in.conftest import is_in

SEND = """
from datetime import UTC, datetime
import django
django.setup()
from generation.models import CreditAccount
from dashboard.members.mails import send_invitation
from dashboard.accounts.models import Invitation, Role, Team, User
ada, team = User(email="ada@example.com"), Team(name="R&D <Paris>")
CreditAccount(team=team, time_zone="Europe/Berlin")
until = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
row = Invitation(team=team, created_by=ada, email="dora@example.com", role=Role.VIEWER, expires_at=until)
print("sent" if send_invitation(row, link="https://packshot.example/accounts/invitation/abc/") else "not sent")
"""


class Postbox(socketserver.StreamRequestHandler):
    """As much SMTP as a client needs to hand a mail over."""

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            command = line.split()[0].upper()
            if command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())  # type: ignore[attr-defined]
            self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 fine\r\n")
            if command == b"QUIT":
                return


@pytest.fixture
def postbox() -> Iterator[tuple[int, list[str]]]:
    """A mail server's port, and what it was given."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Postbox) as server:
        server.mails = []  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], server.mails  # type: ignore[attr-defined]
        server.shutdown()


def send(tmp_path: Path, **environment: str) -> str:
    """What a process of its own prints when it mails an invitation."""
    world = {"DJANGO_SETTINGS_MODULE": "dashboard.settings", "PACKSHOT_DATA_DIR": str(tmp_path)} | environment
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "HOME"}}
    done = subprocess.run(
        [sys.executable, "-c", SEND], env=kept | world, cwd=settings.ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_without_a_mail_server_the_console_has_it(tmp_path: Path) -> None:
    shown = send(tmp_path)
    assert "To: dora@example.com" in shown and "Subject: ada@example.com invites you to R&D <Paris>" in shown
    assert "https://packshot.example/accounts/invitation/abc/" in shown and shown.endswith("sent\n")


def test_a_mail_server_gets_it(tmp_path: Path, postbox: tuple[int, list[str]]) -> None:
    port, mails = postbox
    sender = "Studio <studio@example.com>"
    assert send(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}", PACKSHOT_MAIL_FROM=sender) == "sent\n"
    (given,) = mails
    assert f"From: {sender}" in given and "To: dora@example.com" in given
    assert "https://packshot.example/accounts/invitation/abc/" in given


def test_a_mail_server_that_is_away_loses_no_invitation(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr("dashboard.members.mails.send_mail", refuse)
    html = browser_of(ada).post("/settings/members/", {"email": "dora@example.com", "role": "20"}).content.decode()
    assert "The mail could not be sent. Copy the link now and pass it on yourself" in html
    assert "http://testserver/accounts/invitation/" in html
    assert Invitation.objects.get().email == "dora@example.com" and mail.outbox == []


@pytest.fixture
def by_smtp(settings: Any, postbox: tuple[int, list[str]]) -> list[str]:
    """What the mail server is given from now on."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", postbox[0]
    return postbox[1]


RESET = "/accounts/password/reset/"


def test_a_forgotten_password_is_replaced_by_a_mailed_link(bob: User, by_smtp: list[str]) -> None:
    before, browser, new = browser_of(bob), Client(), "seven quiet lamps"
    assert "Check your mail" in browser.post(RESET, {"email": bob.email}, follow=True).content.decode()
    (given,) = by_smtp
    assert "Subject: Choose a new password for Packshot" in given and f"To: {bob.email}" in given
    link = re.findall(r"http://testserver(\S+)", given)[0]
    form = browser.get(link, follow=True)
    assert "New password" in form.content.decode()
    done = browser.post(form.request["PATH_INFO"], {"password1": new, "password2": new}, follow=True)
    assert "Your new password is saved" in done.content.decode()
    assert before.get("/generate/").status_code == 302, "every browser is signed out"
    browser.post("/accounts/login/", {"login": bob.email, "password": new})
    assert is_in(browser)
    assert "This link has expired" in Client().get(link, follow=True).content.decode()
    assert AuditEvent.objects.get(action="password.changed").user == bob


def test_who_reads_the_mail_comes_in_whatever_strangers_go_on_trying(bob: User, by_smtp: list[str]) -> None:
    browser, new = Client(), "seven quiet lamps"
    browser.post(RESET, {"email": bob.email})
    form = browser.get(re.findall(r"http://testserver(\S+)", by_smtp[0])[0], follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    for number in range(6):
        Client(REMOTE_ADDR=f"192.0.2.{number}").post("/accounts/login/", {"login": bob.email, "password": "wrong"})
    browser.post("/accounts/login/", {"login": bob.email, "password": new})
    assert is_in(browser)


def test_a_mailed_link_leads_to_the_configured_address_whatever_the_request_says(bob: User, by_smtp: list[str]) -> None:
    Client(headers={"host": "localhost:6666"}).post(RESET, {"email": bob.email})
    assert "\nhttp://testserver/accounts/password/reset/key/" in by_smtp[0].replace("\r", "")
    assert "6666" not in by_smtp[0]


def test_an_address_without_an_account_gets_no_mail_and_hears_the_same(bob: User, by_smtp: list[str]) -> None:
    answers = [Client().post(RESET, {"email": email}, follow=True) for email in ("dora@example.com", bob.email)]
    told = {re.sub(r"\b\w{64}\b", "", answer.content.decode()) for answer in answers}  # but for each form's token
    assert len(told) == 1 and "Check your mail" in told.pop()
    (given,) = by_smtp
    assert f"To: {bob.email}" in given


@pytest.mark.parametrize("name", ["bob", "dora"])
def test_a_reset_without_a_mail_server_is_a_sentence_whoever_asks(
    bob: User, by_smtp: list[str], settings: Any, name: str
) -> None:
    settings.EMAIL_PORT = 9
    answer = Client().post(RESET, {"email": f"{name}@example.com"})
    assert answer.status_code == 503
    assert "The mail could not be sent, so nothing has changed. Try again later" in answer.content.decode()
