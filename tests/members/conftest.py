import pytest

from dashboard.accounts.models import Team, User
from tests.api.conftest import Script, script_of


@pytest.fixture
def script(team: Team, alice: User) -> Script:
    return script_of(team, alice)
