"""A script of Alice's team: a test client that carries a key."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.members.keys import issue
from dashboard.projects.models import Product


class Script:
    """Speaks JSON with a key, as ``requests`` would."""

    def __init__(self, key: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/v1/{path}", query, headers=self.headers)

    def post(self, path: str, body: object) -> Any:
        return self.client.post(f"/v1/{path}", body, content_type="application/json", headers=self.headers)

    def upload(self, path: str, **form: Any) -> Any:
        return self.client.post(f"/v1/{path}", form, headers=self.headers)


def script_of(team: Team, user: User) -> Script:
    return Script(issue(Actor(team, Role.OWNER, user=user), name="Nightly")[1])


@pytest.fixture
def script(team: Team, alice: User) -> Script:
    return script_of(team, alice)


@pytest.fixture
def stranger(charlie: User) -> Script:
    """A script of another team."""
    membership = charlie.memberships.select_related("team").get()
    return script_of(membership.team, charlie)


@pytest.fixture
def spec(mug: Product) -> Callable[..., dict[str, Any]]:
    """A body that ``POST /v1/generate`` takes, with changes; ``None`` leaves a parameter out."""

    def body(**changes: Any) -> dict[str, Any]:
        asked = {"model": "nanobanana2", "asset_id": mug.asset_id, "prompt": "On a marble table"} | changes
        return {name: value for name, value in asked.items() if value is not None}

    return body
