"""The provider's presets among the team's."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.presets import actions, covers, provider
from dashboard.presets.access import Sharing
from dashboard.presets.drafts import draft_of
from dashboard.presets.models import Preset
from dashboard.ui.edits import stamp
from generation.contract import RemotePreset
from generation.models import Connection
from tests.conftest import browser_of
from tests.pictures import photo

MARBLE = RemotePreset(
    preset_id="preset_marble", name="Marble morning", description="Bright.", category="studio", type="system",
    thumbnail_url="", prompt="The product on marble", created_at="2026-01-01T00:00:00.000Z",
    recommended_models=("unheard-of", "seedream"),
)  # fmt: skip


@pytest.fixture
def admin(team: Team, ada: User) -> Actor:
    return Actor(team, Role.ADMIN, user=ada)


@pytest.fixture
def connection(team: Team, httpserver: HTTPServer) -> Connection:
    row = Connection.objects.get(team=team)
    row.base_url = httpserver.url_for("/v1")
    row.save()
    return row


def page(presets: list[RemotePreset], *, total: int, offset: int = 0) -> dict[str, Any]:
    rows = [preset.as_json() for preset in presets]
    more = offset + len(rows) < total
    return {"presets": rows, "total": total, "limit": 100, "offset": offset, "has_more": more}


def test_a_new_one_becomes_a_draft_of_the_team(creator: Actor) -> None:
    assert provider.bring_in(creator, [MARBLE]).sentence == "From ProductAI: 1 added."
    row = Preset.objects.get()
    draft = draft_of(row)
    assert (row.provider_id, row.label, row.visibility) == ("preset_marble", "draft", "team")
    assert (draft.template, draft.model, draft.category) == ("The product on marble", "seedream", "studio")


def test_the_same_again_makes_no_version(creator: Actor) -> None:
    provider.bring_in(creator, [MARBLE])
    assert provider.bring_in(creator, [MARBLE]).sentence == "From ProductAI: 1 unchanged."
    assert Preset.objects.get().versions.count() == 1


def test_a_change_there_makes_a_version_here_and_keeps_what_is_ours(creator: Actor) -> None:
    provider.bring_in(creator, [MARBLE])
    row = Preset.objects.get()
    ours = replace(draft_of(row), name="Our marble", tags=("stone",), num_images=3)
    actions.edit(creator, row, ours, sharing=Sharing(), seen=stamp(actions.facts(row)))
    assert provider.bring_in(creator, [MARBLE]).unchanged == 1
    provider.bring_in(creator, [replace(MARBLE, prompt="The product on green marble")])
    row.refresh_from_db()
    after = draft_of(row)
    assert (after.template, after.name, after.tags, after.num_images) == (
        "The product on green marble", "Our marble", ("stone",), 3,
    )  # fmt: skip
    assert row.current and row.current.number == 3


def test_an_approved_one_is_updated_by_admins_only(creator: Actor, admin: Actor) -> None:
    provider.bring_in(creator, [MARBLE])
    actions.set_label(admin, Preset.objects.get(), Preset.Label.APPROVED)
    news = [replace(MARBLE, prompt="The product on green marble")]
    assert provider.bring_in(creator, news).locked == 1
    assert provider.bring_in(admin, news).updated == 1
    assert Preset.objects.get().label == Preset.Label.APPROVED


def test_names_in_its_prompt_become_variables_and_the_unusable_is_left_out(creator: Actor) -> None:
    fine = replace(MARBLE, prompt="{{product}} in {{season}}", category="unheard-of", name="x" * 200)
    broken = [
        replace(MARBLE, preset_id=str(at), prompt=prompt) for at, prompt in enumerate(["{{a.b}}", " ", "x" * 4001])
    ]
    outcome = provider.bring_in(creator, [fine, *broken])
    assert (outcome.added, outcome.unusable) == (1, 3)
    draft = draft_of(Preset.objects.get())
    assert [(one.name, one.required) for one in draft.variables] == [("season", True)]
    assert (draft.category, len(draft.name)) == ("custom", 80)


def test_every_page_is_asked_for(bob: User, connection: Connection, httpserver: HTTPServer) -> None:
    found = [replace(MARBLE, preset_id=f"preset_{at}") for at in range(101)]
    first = {"limit": "100", "offset": "0"}
    httpserver.expect_request("/v1/presets", query_string=first).respond_with_json(page(found[:100], total=101))
    later = page(found[100:], total=101, offset=100)
    httpserver.expect_request("/v1/presets", query_string=first | {"offset": "100"}).respond_with_json(later)
    answer = browser_of(bob).post("/presets/import/provider/", follow=True)
    assert "From ProductAI: 101 added." in answer.content.decode()
    assert Preset.objects.count() == 101


def test_an_endless_list_is_given_up(bob: User, connection: Connection, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/presets").respond_with_json(page([MARBLE], total=5000))
    answer = browser_of(bob).post("/presets/import/provider/", follow=True)
    assert "There are more than 1,000, which is more than one import takes." in answer.content.decode()
    assert not Preset.objects.exists()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "ProductAI refused the team&#x27;s key, so nothing was imported."),
        (429, "ProductAI asked us to slow down. Try again in 7 seconds; nothing was imported."),
        (500, "The presets could not be had, and nothing was imported."),
    ],
)
def test_a_refusal_is_told_in_one_sentence(
    bob: User, connection: Connection, httpserver: HTTPServer, status: int, sentence: str
) -> None:
    body = {"error": {"code": "x", "message": "No.", "retry_after": 7}}
    httpserver.expect_request("/v1/presets").respond_with_json(body, status=status)
    answer = browser_of(bob).post("/presets/import/provider/", follow=True)
    assert sentence in answer.content.decode() and not Preset.objects.exists()


def test_viewers_cannot_import(vera: User) -> None:
    assert browser_of(vera).post("/presets/import/provider/").status_code == 403
    assert browser_of(vera).get("/presets/import/").status_code == 403


def test_its_thumbnail_becomes_the_cover(creator: Actor, httpserver: HTTPServer, settings: Any, tmp_path: Path) -> None:
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")
    httpserver.expect_request("/sandbox/presets/marble.webp").respond_with_data(photo(), content_type="image/png")
    Connection.objects.update(base_url=f"{settings.PUBLIC_URL}/sandbox/v1")
    provider.bring_in(creator, [MARBLE])
    row = Preset.objects.get()
    covers.fetch_cover(preset_id=row.id, url=httpserver.url_for("/private.webp"))
    row.refresh_from_db()
    assert row.cover == ""
    covers.fetch_cover(preset_id=row.id, url=httpserver.url_for("/sandbox/presets/marble.webp"))
    row.refresh_from_db()
    assert row.cover and (tmp_path / "media" / row.cover).exists()
