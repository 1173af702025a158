"""Who knows of a preset, and who may change it."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.members.keys import issue
from dashboard.presets import actions
from dashboard.presets.access import Sharing, usable, visible
from dashboard.presets.drafts import Draft, draft_of
from dashboard.presets.models import Preset
from dashboard.projects.actions import add_project
from dashboard.projects.models import Project
from dashboard.ui.edits import stamp
from tests.conftest import browser_of

OAK = Draft(name="Oak", template="{{product}} on oak")
PRIVATE = Sharing(visibility="private")
PARTS = ("", "edit/", "export/", "cover/")


@pytest.fixture
def admin(team: Team, ada: User) -> Actor:
    return Actor(team, Role.ADMIN, user=ada)


@pytest.fixture
def spring(creator: Actor) -> Project:
    return add_project(creator, name="Spring", brief="")


def test_a_private_preset_is_nobody_elses_business(creator: Actor, admin: Actor) -> None:
    mine = actions.add(creator, OAK, sharing=PRIVATE)
    assert list(visible(creator)) == [mine] and not visible(admin).exists()
    strange = browser_of(admin.user) if admin.user else None
    assert strange and all(strange.get(f"/presets/{mine.id}/{part}").status_code == 404 for part in PARTS)
    assert "Oak" not in strange.get("/presets/").content.decode()
    assert mine.id not in strange.get("/generate/").content.decode()
    assert mine.id not in strange.get("/gallery/").content.decode()


def test_a_script_sees_the_private_presets_of_the_one_who_made_its_key(creator: Actor, admin: Actor) -> None:
    mine = actions.add(admin, OAK, sharing=PRIVATE)
    actions.add(creator, OAK, sharing=PRIVATE)
    key, _ = issue(admin, name="Nightly")
    assert list(visible(Actor(admin.team, Role.CREATOR, api_key=key))) == [mine]


def test_a_projects_preset_is_offered_for_that_project_only(creator: Actor, spring: Project) -> None:
    row = actions.add(creator, OAK, sharing=Sharing(visibility="project", project=spring))
    other = add_project(creator, name="Autumn", brief="")
    assert list(visible(creator)) == [row]
    assert not usable(creator).exists() and not usable(creator, project=other).exists()
    assert list(usable(creator, project=spring)) == [row]


def test_archived_presets_are_visible_but_not_usable(creator: Actor) -> None:
    row = actions.add(creator, OAK)
    actions.put_away(creator, row, away=True)
    assert visible(creator).exists() and not usable(creator).exists()


def test_only_its_maker_may_keep_a_preset_to_themselves(creator: Actor, admin: Actor) -> None:
    row = actions.add(creator, OAK)
    assert admin.user
    form = {**OAK.as_json(), "tags": "", "visibility": "private", "seen": stamp(actions.facts(row))}
    form.pop("variables")
    answer = browser_of(admin.user).post(f"/presets/{row.id}/edit/", form)
    assert answer.status_code == 422 and "Only the person who made a preset" in answer.content.decode()


def approved(creator: Actor, admin: Actor) -> Preset:
    row = actions.add(creator, OAK)
    actions.set_label(admin, row, Preset.Label.APPROVED)
    return row


def test_an_approved_preset_is_changed_by_admins_only(creator: Actor, admin: Actor) -> None:
    row = approved(creator, admin)
    change: dict[str, Any] = {"sharing": Sharing(), "seen": stamp(actions.facts(row))}
    pine = Draft(name="Oak", template="{{product}} on pine")
    with pytest.raises(actions.Locked, match="Oak is approved, so only an admin or owner changes it."):
        actions.edit(creator, row, pine, **change)
    with pytest.raises(actions.Locked):
        actions.put_away(creator, row, away=True)
    assert actions.edit(admin, row, pine, **change)
    row.refresh_from_db()
    assert row.label == Preset.Label.APPROVED and draft_of(row) == pine


def test_a_locked_presets_editor_tells_why_and_its_copy_is_a_draft(creator: Actor, admin: Actor) -> None:
    row = approved(creator, admin)
    assert creator.user
    browser = browser_of(creator.user)
    assert "is approved, so only an admin" in browser.get(f"/presets/{row.id}/edit/", follow=True).content.decode()
    assert "Choose a cover" not in browser.get(f"/presets/{row.id}/").content.decode()
    assert actions.duplicate(creator, row).label == Preset.Label.DRAFT


def test_a_lock_that_came_while_editing_loses_no_words(creator: Actor, admin: Actor) -> None:
    row = actions.add(creator, OAK)
    seen = stamp(actions.facts(row))
    actions.set_label(admin, row, Preset.Label.APPROVED)
    assert creator.user
    form = {"name": "Oak", "template": "{{product}} on birch", "category": "studio", "visibility": "team"}
    settings = {"model": "seedream", "aspect_ratio": "1:1", "num_images": "1", "seen": seen}
    answer = browser_of(creator.user).post(f"/presets/{row.id}/edit/", form | settings)
    assert answer.status_code == 422
    assert "is approved" in answer.content.decode() and "on birch" in answer.content.decode()


def test_only_admins_approve(creator: Actor, admin: Actor) -> None:
    row = actions.add(creator, OAK)
    with pytest.raises(PermissionDenied):
        actions.set_label(creator, row, Preset.Label.APPROVED)
    assert admin.user
    browser = browser_of(admin.user)
    assert "Approve and lock" in browser.get(f"/presets/{row.id}/").content.decode()
    browser.post(f"/presets/{row.id}/label/", {"label": "approved"})
    row.refresh_from_db()
    assert row.label == Preset.Label.APPROVED
    browser.post(f"/presets/{row.id}/label/", {"label": "draft"})
    row.refresh_from_db()
    assert row.label == Preset.Label.DRAFT
