"""Names that others can read."""

import pytest

from dashboard.accounts.models import Team, User
from dashboard.accounts.names import one_line
from tests.conftest import browser_of


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  R&D   Paris ", "R&D Paris"),
        ("Zephyr\r\nBcc: everybody@example.com", "Zephyr Bcc: everybody@example.com"),
        ("a\u2028b\x85c\x07d", "a b c d"),
        ("\u202eevil\u202c\u2066!", "evil!"),
        ("فريق التصوير", "فريق التصوير"),
        ("Studio 👩\u200d🎨", "Studio 👩\u200d🎨"),
        ("\u202e\u200b\u3000", ""),
    ],
)
def test_a_name_is_one_line_that_can_be_seen(given: str, kept: str) -> None:
    assert one_line(given) == kept


def test_a_team_whose_name_cannot_be_seen_is_not_made(alice: User) -> None:
    answer = browser_of(alice).post("/accounts/team/new/", {"name": "\u200b\u202e"})
    assert answer.status_code == 422 and "Give the team a name." in answer.content.decode()
    assert not Team.objects.exists()
    browser_of(alice).post("/accounts/you/", {"name": "Alice\nMoreau"})
    alice.refresh_from_db()
    assert alice.name == "Alice Moreau"
