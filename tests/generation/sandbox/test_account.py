import io
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image

from generation.contract import CATALOGUE
from generation.sandbox.keys import open_account
from generation.sandbox.models import SandboxKey
from tests.generation.sandbox.caller import Caller


def test_me_shows_plan_and_balance(caller: Caller, account: SandboxKey) -> None:
    assert caller.get("/v1/me").json() == {
        "id": account.id,
        "email": "alice@example.com",
        "plan": "pro",
        "credits": {"generations": 100},
    }


def test_opening_an_account_again_returns_the_same_key_and_keeps_the_balance(account: SandboxKey) -> None:
    again, text = open_account(email="alice@example.com", plan="free", credits=5000)
    assert open_account(email="alice@example.com", plan="free", credits=0)[1] == text
    assert (again.pk, again.plan, again.credits) == (account.pk, "pro", 100)
    assert again.webhook_secret == account.webhook_secret
    assert text not in str(SandboxKey.objects.values().get())


def test_at_least_eight_presets_of_three_categories_with_known_models(caller: Caller) -> None:
    presets = caller.get("/v1/presets").json()["presets"]
    assert len(presets) >= 8
    assert {preset["category"] for preset in presets} == {"lifestyle", "studio", "seasonal"}
    assert all(set(preset["recommended_models"]) <= set(CATALOGUE) and preset["prompt"] for preset in presets)
    assert len({preset["preset_id"] for preset in presets}) == len(presets)


def test_presets_are_filtered_and_paged(caller: Caller) -> None:
    studio = caller.get("/v1/presets", category="studio", type="system", limit=1, offset=1).json()
    assert [preset["category"] for preset in studio["presets"]] == ["studio"]
    assert studio["has_more"] is True
    assert caller.get("/v1/presets", type="user").json()["total"] == 0


def test_a_preset_has_a_preview_that_stays_the_same(caller: Caller, client: Client) -> None:
    url = caller.get("/v1/presets").json()["presets"][0]["thumbnail_url"]
    first, second = client.get(url), client.get(url)
    picture = Image.open(io.BytesIO(first.content))
    assert (first["Content-Type"], picture.format, max(picture.size)) == ("image/webp", "WEBP", 480)
    assert first.content == second.content
    assert client.get(url.replace("preset_", "other_")).status_code == 404


@pytest.mark.parametrize(("name", "value"), [("category", "none"), ("type", "none"), ("limit", 101)])
def test_bad_preset_parameters_are_named(caller: Caller, name: str, value: object) -> None:
    answer = caller.get("/v1/presets", **{name: value})
    assert answer.status_code == 400
    assert name in answer.json()["error"]["message"]


def test_the_command_opens_accounts_sets_faults_and_shows_books(db: None) -> None:
    out = StringIO()
    call_command("sandbox", "open", "bob@example.com", "--plan", "free", "--credits", "7", stdout=out)
    key = out.getvalue().strip()
    account = SandboxKey.objects.get(email="bob@example.com")
    assert (account.plan, account.credits) == ("free", 7)
    for name in ("bob@example.com", account.id, key):
        call_command("sandbox", "faults", name, '{"failure": true}', stdout=StringIO())
    account.refresh_from_db()
    assert account.faults == {"failure": True}
    out = StringIO()
    call_command("sandbox", "books", key, stdout=out)
    assert json.loads(out.getvalue()) == {"balance": 7, "charges": []}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("faults", "nobody", "{}"), "no sandbox account"), (("faults", "alice@example.com", "{"), "JSON object"),
     (("open", "x@example.com", "--credits", "-1"), "negative")],
)  # fmt: skip
def test_the_command_says_what_is_wrong(account: SandboxKey, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("sandbox", *arguments)
