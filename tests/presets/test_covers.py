"""A preset's cover: a drawing until there is a picture made with it, and a file that exists in either case."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage

from dashboard.accounts.access import Actor
from dashboard.presets import actions, covers, drawings, provider, tasks
from dashboard.presets.access import Sharing
from dashboard.presets.drafts import Draft, draft_of
from dashboard.presets.exchange import take, write
from dashboard.presets.models import Preset
from dashboard.presets.variables import Variable
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from dashboard.ui.edits import stamp
from generation.contract import RemotePreset
from generation.media import pictures
from generation.models import Image
from generation.sandbox.render import shot

SEASON = Variable("season", "choice", "Season", choices=("spring", "autumn"), required=True)
OAK = Draft(name="Oak", template="{{product}} on oak in {{season}}", variables=(SEASON,))


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shot, "SIZES", {"1:1": (128, 128)})
    monkeypatch.setattr(drawings, "GRACE", timedelta(0))


def made_with(acting: Actor, preset: Preset, mug: Product, *reviews: str) -> list[Image]:
    """Stored pictures made with a preset, the last the newest."""
    spec = JobSpec(mug, "on oak", "nanobanana2", "1:1", max(1, len(reviews)), preset_version=preset.current)
    job = start(acting, specs=[spec]).jobs.get()
    shown = {"width": 4, "height": 3, "stored_at": job.created_at}
    return [
        Image.objects.create(
            team=job.team, job=job, index=at, thumbnail=f"{preset.id}-{at}.webp", review=review, **shown
        )
        for at, review in enumerate(reviews)
    ]


def test_imported_presets_are_drawn_whatever_brought_them(creator: Actor) -> None:
    take(creator, write([OAK]).encode())
    remote = RemotePreset(
        preset_id="p1", name="Marble", description="", category="studio", type="system", thumbnail_url="",
        prompt="The product on marble", created_at="2026-01-01T00:00:00.000Z", recommended_models=(),
    )  # fmt: skip
    provider.bring_in(creator, [remote])
    tasks.fill_covers()
    rows = Preset.objects.all()
    assert len(rows) == 2
    assert all(pictures.read(row.cover) and covers.is_drawn(row) for row in rows)


def test_the_first_picture_takes_the_place_of_a_drawing(creator: Actor, mug: Product) -> None:
    row = actions.add(creator, OAK)
    drawings.draw(row)
    newest = made_with(creator, row, mug, "", "")[-1]
    tasks.fill_covers()
    row.refresh_from_db()
    assert row.cover == newest.thumbnail
    made_with(creator, row, mug, "approved")
    tasks.fill_covers()
    row.refresh_from_db()
    assert row.cover == newest.thumbnail  # it stays


def test_an_approved_picture_comes_before_newer_ones_and_rejected_ones_never(creator: Actor, mug: Product) -> None:
    row, other = actions.add(creator, OAK), actions.add(creator, Draft(name="Pine", template="{{product}} on pine"))
    approved = made_with(creator, row, mug, "approved", "", "rejected")[0]
    made_with(creator, other, mug, "rejected")
    covers.show_pictures()
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.cover, other.cover) == (approved.thumbnail, "")


def test_a_cover_that_somebody_chose_stays(creator: Actor, mug: Product) -> None:
    row = actions.add(creator, OAK)
    first, _ = made_with(creator, row, mug, "", "")
    actions.choose_cover(creator, row, first)
    tasks.fill_covers()
    row.refresh_from_db()
    assert row.cover == first.thumbnail


def test_another_version_is_drawn_anew_in_the_same_file(creator: Actor) -> None:
    row = actions.add(creator, OAK)
    drawings.draw_missing()
    row.refresh_from_db()
    before, key = pictures.read(row.cover), row.cover
    changed = Draft(name="Oak", template="{{product}} on black marble")
    actions.edit(creator, row, changed, sharing=Sharing(), seen=stamp(actions.facts(row)))
    row.refresh_from_db()
    assert row.cover == ""
    drawings.draw_missing()
    row.refresh_from_db()
    assert row.cover == key and pictures.read(key) != before


def test_a_duplicate_takes_a_picture_along_but_not_a_drawing(creator: Actor, mug: Product) -> None:
    row = actions.add(creator, OAK)
    drawings.draw_missing()
    row.refresh_from_db()
    assert actions.duplicate(creator, row).cover == ""
    image = made_with(creator, row, mug, "")[0]
    covers.show_pictures()
    row.refresh_from_db()
    assert actions.duplicate(creator, row).cover == image.thumbnail


def test_without_the_sandbox_nothing_is_drawn(creator: Actor, settings: Any) -> None:
    settings.SANDBOX = False
    row = actions.add(creator, OAK)
    tasks.fill_covers()
    row.refresh_from_db()
    assert row.cover == "" and not default_storage.exists(covers.drawing_key(row))


def test_copies_and_imports_of_one_name_can_be_told_apart(creator: Actor) -> None:
    row = actions.add(creator, OAK)
    assert [actions.duplicate(creator, row).name for _ in range(2)] == ["Oak (copy)", "Oak (copy) (2)"]
    pine = Draft(name="OAK", template="{{product}} on pine")
    birch = Draft(name="Oak", template="{{product}} on birch")
    for _ in range(2):  # the second time all of them are here already
        take(creator, write([draft_of(row), pine, birch]).encode())
    assert sorted(Preset.objects.values_list("name", flat=True)) == [
        "OAK (2)", "Oak", "Oak (3)", "Oak (copy)", "Oak (copy) (2)",
    ]  # fmt: skip


def test_a_preset_of_the_provider_says_where_it_is_from_if_its_name_is_taken(creator: Actor) -> None:
    actions.add(creator, Draft(name="Marble morning", template="{{product}} on marble"))
    remote = RemotePreset(
        preset_id="p1", name="Marble morning", description="", category="studio", type="system", thumbnail_url="",
        prompt="The product on marble", created_at="2026-01-01T00:00:00.000Z", recommended_models=(),
    )  # fmt: skip
    for _ in range(2):
        provider.bring_in(creator, [remote])
    assert sorted(Preset.objects.values_list("name", flat=True)) == ["Marble morning", "Marble morning (ProductAI)"]


def test_a_long_name_keeps_its_number_within_what_fits(creator: Actor) -> None:
    long = "N" * 80
    actions.add(creator, Draft(name=long, template="{{product}} on oak"))
    take(creator, write([Draft(name=long, template="{{product}} on pine")]).encode())
    assert Preset.objects.filter(name=f"{'N' * 76} (2)").exists()
