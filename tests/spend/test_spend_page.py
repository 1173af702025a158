"""``/spend/``: what was spent, on what, and whether it was worth it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.accounts.models import Team, User
from tests.conftest import browser_of


def test_a_team_that_spent_nothing_is_told_what_will_be_here(team: Team, alice: User) -> None:
    page = browser_of(alice).get("/spend/").content.decode()
    assert "Nothing was spent yet" in page and 'href="/generate/"' in page
