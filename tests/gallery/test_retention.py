"""Pictures that a team no longer keeps: which go, when, and what stays of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import redis
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.api.answers import jobs_of, show_job
from dashboard.audit.models import ActorKind, AuditEvent
from dashboard.gallery import retention
from dashboard.gallery.models import Removal
from dashboard.gallery.tasks import remove_old_pictures
from dashboard.presets.actions import choose_cover as show_preset_by
from dashboard.presets.models import Preset
from dashboard.projects.actions import choose_cover as show_project_by
from dashboard.projects.models import Product, Project
from generation.contract import JobStatus
from generation.credits import ledger
from generation.media import pictures as media
from generation.models import Batch, CreditAccount, Image, Job, JobState, LedgerEntry
from tests.conftest import browser_of
from tests.gallery.conftest import Gallery

DAYS = 30


@pytest.fixture
def forgetful(team: Team) -> Team:
    """The team keeps pictures for 30 days."""
    team.retention_days = DAYS
    team.save()
    return team


@pytest.fixture
def ancient(pictures: Gallery) -> Any:
    def make(count: int = 1, **spec: Any) -> list[Image]:
        """Pictures far too old, each with files of its own."""
        return [pictures(1, at=timezone.now() - timedelta(days=90), **spec)[0] for _ in range(count)]

    return make


def files(settings: Any) -> list[Path]:
    location = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    return [path for path in location.rglob("*") if path.is_file() and "pictures" in path.parts]


def run() -> None:
    """As in a night long after the rule was made, at the second look."""
    now = timezone.now()
    given = {"announced_at": now - timedelta(days=9), "not_before": now - timedelta(days=8)}
    given |= {"due_since": now - retention.AGAIN_AFTER, "came_on": None}
    for team in Team.objects.all():
        Removal.objects.update_or_create(team=team, defaults=given)
    remove_old_pictures()


def left() -> set[str]:
    return set(Image.objects.in_gallery().values_list("pk", flat=True))


def test_old_pictures_go_with_their_files_and_young_ones_stay(
    ancient: Any, pictures: Gallery, forgetful: Team, settings: Any
) -> None:
    gone, (young,) = ancient(2), pictures(1)
    assert len(files(settings)) == 9
    run()
    assert left() == {young.pk}
    assert len(files(settings)) == 3
    assert all(default_storage.exists(key) for key in (young.original, young.display, young.thumbnail))
    assert {image.original for image in Image.objects.filter(pk__in=[row.pk for row in gone])} == {""}


def test_approved_pictures_and_covers_stay(ancient: Any, creator: Actor, forgetful: Team, settings: Any) -> None:
    approved, rejected, of_project, of_preset = ancient(4)
    Image.objects.filter(pk=approved.pk).update(review="approved")
    Image.objects.filter(pk=rejected.pk).update(review="rejected")
    show_project_by(creator, Project.objects.create(team=forgetful, name="Spring"), picture=of_project)
    show_preset_by(creator, Preset.objects.create(team=forgetful, name="Marble"), of_preset)
    run()
    assert left() == {approved.pk, of_project.pk, of_preset.pk}


def test_a_team_without_a_limit_keeps_everything(ancient: Any, team: Team) -> None:
    rows = ancient(2)
    run()
    assert left() == {row.pk for row in rows}


def test_the_log_says_how_many_went_and_that_packshot_did_it(ancient: Any, forgetful: Team) -> None:
    ancient(3)
    run()
    run()
    event = AuditEvent.objects.get(action="pictures.removed")
    assert event.kind == ActorKind.TASK
    assert event.object_id == forgetful.pk
    assert event.after == {"pictures": 3, "older_than_days": DAYS}


def test_many_go_in_portions(ancient: Any, forgetful: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PORTION", 2)
    ancient(5)
    run()
    assert left() == set()
    counts = AuditEvent.objects.filter(action="pictures.removed").values_list("after__pictures", flat=True)
    assert sorted(counts) == [1, 2, 2]


def test_what_it_cost_and_the_job_stay(ancient: Any, forgetful: Team) -> None:
    (picture,) = ancient()
    ledger.capture(job=picture.job, credits=3, pictures=1)
    entries = LedgerEntry.objects.count()
    run()
    assert Job.objects.filter(pk=picture.job_id).exists()
    assert LedgerEntry.objects.count() == entries
    assert CreditAccount.objects.get().spent == 3


def test_storage_out_of_order_is_tried_again(
    ancient: Any, forgetful: Team, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ancient()

    def broken(name: str) -> None:
        raise OSError("The disk does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "delete", broken)
        run()
    assert left() == set(), "it is out of the gallery all the same"
    assert len(files(settings)) == 3
    remove_old_pictures()
    assert files(settings) == []


def test_a_row_that_names_another_file_does_not_delete_it(ancient: Any, forgetful: Team) -> None:
    """Whoever can write rows, but not files, must not get rid of the signed heads of the audit log."""
    (picture,) = ancient()
    head = default_storage.save(f"audit/heads/{forgetful.id}/2026-01-01.json", ContentFile(b"{}"))
    Image.objects.filter(pk=picture.pk).update(original=head)
    run()
    assert default_storage.exists(head)
    assert Image.objects.get().original == ""


def test_a_team_has_its_turn_once_a_day(ancient: Any, forgetful: Team) -> None:
    ancient()
    run()
    (later,) = ancient()
    remove_old_pictures()
    assert left() == {later.pk}
    run()
    assert left() == set()


def test_the_day_begins_where_the_team_is(pictures: Gallery, forgetful: Team) -> None:
    CreditAccount.objects.update(time_zone="Pacific/Auckland")
    zone = ZoneInfo("Pacific/Auckland")
    today = timezone.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    first = datetime.combine(today.date() - timedelta(days=DAYS), datetime.min.time(), zone)
    (goes,) = pictures(1, at=first - timedelta(seconds=1))
    (stays,) = pictures(1, at=first)
    assert retention.going_tonight(forgetful, days=DAYS) == 2
    run()
    assert left() == {stays.pk}
    assert goes.pk not in left()


def test_nobody_makes_a_cover_of_what_is_gone(ancient: Any, creator: Actor, forgetful: Team) -> None:
    (picture,) = ancient()
    run()
    project, preset = Project.objects.create(team=forgetful, name="Spring"), Preset(team=forgetful, name="Marble")
    preset.save()
    with pytest.raises(Http404):
        show_project_by(creator, project, picture=picture)
    with pytest.raises(Http404):
        show_preset_by(creator, preset, picture)
    assert Project.objects.get().cover is None and Preset.objects.get().cover == ""


def test_what_is_gone_is_on_no_page(ancient: Any, forgetful: Team, mug: Product, bob: User) -> None:
    project = Project.objects.create(team=forgetful, name="Spring")
    (picture,) = ancient(project=project)
    Job.objects.update(state=JobState.COMPLETED, due_at=None, finished_at=timezone.now())
    Project.objects.update(cover=picture)  # as before covers were kept
    Image.objects.update(deleted_at=timezone.now())
    retention.delete_files()
    browser = browser_of(bob)
    for page in ("gallery/", f"products/{mug.pk}/", "projects/", f"projects/{project.pk}/", "generate/", "batches/"):
        html = browser.get(f"/{page}").content.decode()
        assert picture.pk not in html and "thumbnail.webp" not in html, page
    batch = browser.get(f"/batches/{Batch.objects.get().pk}/").content.decode()
    assert "These pictures have been removed" in batch and picture.pk not in batch
    for path in ("", "download/"):
        assert browser.get(f"/gallery/{picture.pk}/{path}").status_code == 404
    assert browser.post(f"/gallery/{picture.pk}/review/", {"verdict": "approved"}).status_code == 404


def test_scripts_are_given_no_link_to_what_is_gone(pictures: Gallery, team: Team) -> None:
    gone, stays = pictures(2)
    Job.objects.update(state=JobState.COMPLETED, finished_at=timezone.now(), num_images=2)
    Image.objects.filter(pk=gone.pk).update(deleted_at=timezone.now(), original="", display="", thumbnail="")
    answer = show_job(jobs_of(team).get())
    assert [image.url for image in answer.images] == [media.link(stays.original)]
    assert (answer.status, answer.num_images) == (JobStatus.COMPLETED, 2)


def test_what_came_of_a_picture_that_is_gone_says_so(
    ancient: Any, pictures: Gallery, forgetful: Team, bob: User
) -> None:
    (parent,) = ancient()
    Job.objects.update(state=JobState.COMPLETED)
    (child,) = pictures(1, parent=parent.job, lineage=Job.Lineage.VARIATION)
    run()
    assert "whose pictures were removed" in browser_of(bob).get(f"/gallery/{child.pk}/").content.decode()


def looks(clock: time_machine.Traveller, *moments: datetime) -> int:
    """How many pictures are left after the beat came at these moments."""
    for moment in moments:
        clock.move_to(moment)
        remove_old_pictures()
    return len(left())


NIGHT = datetime(2026, 12, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def clock(forgetful: Team, ancient: Any) -> Iterator[time_machine.Traveller]:
    """In the afternoon before NIGHT admins are told that one picture, far too old, will go."""
    with time_machine.travel(NIGHT - timedelta(hours=8), tick=False) as traveller:
        ancient()
        retention.announce(forgetful)
        yield traveller


def test_losing_what_valkey_held_deletes_nothing_early(clock: time_machine.Traveller, broker: redis.Redis) -> None:
    broker.flushall()
    assert looks(clock, NIGHT - timedelta(hours=7), NIGHT - 2 * QUARTER, NIGHT - QUARTER) == 1
    broker.flushall()
    assert looks(clock, NIGHT) == 1, "the first look that finds it is time"
    broker.flushall()
    assert looks(clock, NIGHT + QUARTER) == 0


def test_a_new_rule_has_a_night_of_its_own(clock: time_machine.Traveller, forgetful: Team) -> None:
    assert looks(clock, NIGHT) == 1
    retention.announce(forgetful)
    assert looks(clock, NIGHT + QUARTER, NIGHT + timedelta(hours=23)) == 1
    assert looks(clock, NIGHT + timedelta(days=1), NIGHT + timedelta(days=1) + QUARTER) == 0


def test_a_rule_made_while_old_pictures_go_stops_them(
    clock: time_machine.Traveller, ancient: Any, forgetful: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PORTION", 1)
    ancient(2)
    recorded = retention.record

    def record(*words: Any, **facts: Any) -> None:
        recorded(*words, **facts)
        clock.shift(1)
        retention.announce(forgetful)

    monkeypatch.setattr(retention, "record", record)
    assert looks(clock, NIGHT, NIGHT + QUARTER) == 2


def test_a_clock_that_is_ahead_for_a_moment_deletes_nothing(clock: time_machine.Traveller) -> None:
    ahead = timedelta(hours=25)
    assert looks(clock, NIGHT - timedelta(hours=7) + ahead) == 1
    assert looks(clock, NIGHT - timedelta(hours=7) + timedelta(minutes=1), NIGHT - QUARTER) == 1
    assert looks(clock, NIGHT, NIGHT + QUARTER) == 0


@pytest.mark.parametrize("ahead", [timedelta(hours=25), timedelta(days=400)])
def test_a_rule_made_by_a_clock_that_is_ahead_begins_anew_once_it_is_right(
    clock: time_machine.Traveller, forgetful: Team, ahead: timedelta
) -> None:
    clock.move_to(NIGHT - timedelta(hours=8) + ahead)
    retention.announce(forgetful)
    assert looks(clock, NIGHT - timedelta(hours=7), NIGHT - QUARTER) == 1
    assert looks(clock, NIGHT, NIGHT + QUARTER) == 0


def test_a_removal_by_a_clock_that_is_ahead_silences_no_later_one(
    clock: time_machine.Traveller, ancient: Any, forgetful: Team
) -> None:
    Removal.objects.update(came_on=NIGHT.date() + timedelta(days=400))
    assert looks(clock, NIGHT, NIGHT + QUARTER) == 0


def test_a_team_of_before_there_were_rows_is_given_a_night(clock: time_machine.Traveller) -> None:
    Removal.objects.all().delete()
    assert looks(clock, NIGHT - timedelta(hours=1), NIGHT - QUARTER) == 1
    assert looks(clock, NIGHT, NIGHT + QUARTER) == 0
