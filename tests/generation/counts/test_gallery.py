"""Pictures are counted by those who store and remove them, and the counts are what the pictures say."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team
from dashboard.projects.models import Product, Project
from dashboard.studio.actions import JobSpec, start
from generation import tasks
from generation.contract import ImageLink, JobStatus, RemoteJob
from generation.counts import gallery, recount
from generation.credits import ledger
from generation.media.pictures import Picture, StoredKeys
from generation.models import (
    Attempt,
    CreditAccount,
    GalleryChange,
    GalleryDay,
    GalleryTotal,
    Image,
    Job,
    JobState,
    LedgerEntry,
)
from generation.pipeline import jobs

STORED = Picture(
    b"x",
    mime="image/png",
    extension="png",
    sha256="0" * 64,
    width=4,
    height=3,
    display=b"",
    thumbnail=b"",
    thumb_hash="",
)


@pytest.fixture
def job(creator: Actor, mug: Product) -> Callable[..., Job]:
    """A job whose pictures are made, none of them stored."""

    def make(*, pictures: int = 1, project: Project | None = None) -> Job:
        asked = {"prompt": "On marble", "model": "nanobanana", "aspect_ratio": "1:1", "num_images": 1}
        row = start(creator, specs=[JobSpec(product=mug, project=project, **asked)]).jobs.get()
        Job.objects.filter(pk=row.pk).update(state=JobState.RENDERED)
        row.refresh_from_db()
        for index in range(pictures):
            Image.objects.create(team=row.team, job=row, index=index, source_url="https://example.com/1")
        return row

    return make


def store(job: Job, *, at: datetime | None = None) -> list[Image]:
    rows = list(Image.objects.filter(job=job, stored_at=None).order_by("index"))
    for row in rows:
        if at:
            row.created_at = at
            row.save()
        assert jobs.picture_stored(row, picture=STORED, keys=StoredKeys("o.png", "d.webp", "t.webp"))
    return rows


def remove(row: Image) -> None:
    with transaction.atomic():
        Image.objects.filter(pk=row.pk).update(deleted_at=timezone.now())
        gallery.note(team_id=row.team_id, pictures=[(row.job.project_id, row.created_at)], by=-1)


def test_a_picture_counts_as_soon_as_it_is_stored(team: Team, job: Callable[..., Job]) -> None:
    row = job(pictures=2)
    assert gallery.total(team.id) == 0
    store(row)
    assert gallery.total(team.id) == 2
    tasks.add_up_galleries()
    assert gallery.total(team.id) == 2
    assert not GalleryChange.objects.exists()
    assert GalleryTotal.objects.get().pictures == 2


def test_a_removed_picture_counts_no_more(team: Team, job: Callable[..., Job]) -> None:
    first, _ = store(job(pictures=2))
    tasks.add_up_galleries()
    remove(first)
    assert gallery.total(team.id) == 1
    tasks.add_up_galleries()
    assert gallery.total(team.id) == 1


def test_pictures_count_in_their_project(creator: Actor, team: Team, job: Callable[..., Job]) -> None:
    spring = Project.objects.create(team=team, name="Spring")
    store(job(pictures=2, project=spring))
    store(job())
    assert gallery.by_project(team.id) == {spring.id: 2, "": 1}


def test_days_are_those_of_the_team(team: Team, job: Callable[..., Job]) -> None:
    store(job(), at=datetime(2026, 11, 22, 22, 59, 59, tzinfo=UTC))
    store(job(), at=datetime(2026, 11, 22, 23, 0, 0, tzinfo=UTC))
    ledger.set_time_zone(team_id=team.id, name="Europe/Berlin")
    recount.count_days(team.id)
    assert gallery.by_day(team.id) == {date(2026, 11, 22): 1, date(2026, 11, 23): 1}
    tasks.add_up_galleries()
    assert gallery.by_day(team.id) == {date(2026, 11, 22): 1, date(2026, 11, 23): 1}
    assert gallery.by_day(team.id, [date(2026, 11, 23)]) == {date(2026, 11, 23): 1}


def test_days_are_not_told_while_another_time_zone_is_counted(team: Team, job: Callable[..., Job]) -> None:
    store(job())
    tasks.add_up_galleries()
    recount.count_days(team.id)
    assert gallery.by_day(team.id) is not None and recount.behind() == []
    ledger.set_time_zone(team_id=team.id, name="Pacific/Apia")
    assert gallery.by_day(team.id) is None and recount.behind() == [team.id]
    recount.count_days(team.id)
    assert gallery.by_day(team.id) is not None and recount.behind() == []


@pytest.mark.parametrize(
    ("zone", "moments", "days"),
    [
        ("Pacific/Apia", "2011-12-30T09:59 2011-12-30T10:00", "2011-12-29 2011-12-31"),
        ("Asia/Kathmandu", "2026-05-01T18:14 2026-05-01T18:15", "2026-05-01 2026-05-02"),
        ("America/St_Johns", "2026-03-09T02:29 2026-03-09T02:30", "2026-03-08 2026-03-09"),
        ("Europe/Berlin", "2026-03-28T23:00 2026-03-29T21:59 2026-03-29T22:00", "2026-03-29 2026-03-29 2026-03-30"),
        ("Europe/Berlin", "2026-10-24T22:00 2026-10-25T22:59 2026-10-25T23:00", "2026-10-25 2026-10-25 2026-10-26"),
        ("America/Santiago", "2026-09-06T03:59 2026-09-06T04:00", "2026-09-05 2026-09-06"),
    ],
    ids=["a missing day", "a quarter of an hour", "half an hour", "23 hours", "25 hours", "no midnight"],
)
def test_days_of_any_length_are_counted_alike_by_writers_and_by_a_recount(
    zone: str, moments: str, days: str, team: Team, job: Callable[..., Job]
) -> None:
    ledger.set_time_zone(team_id=team.id, name=zone)
    recount.count_days(team.id)
    for moment in moments.split():
        store(job(), at=datetime.fromisoformat(f"{moment}Z"))
    expected = Counter(date.fromisoformat(day) for day in days.split())
    assert gallery.by_day(team.id) == expected  # noted
    tasks.add_up_galleries()
    assert gallery.by_day(team.id) == expected  # added up
    recount.count_days(team.id, anew=True)
    assert gallery.by_day(team.id) == expected


class Crash(Exception):
    pass


@pytest.mark.parametrize("seed", range(3))
def test_counts_never_drift_whatever_is_done_and_broken_off(seed: int, team: Team, job: Callable[..., Job]) -> None:
    draw, shown = random.Random(seed), list[Image]()
    zones = ["UTC", "Pacific/Kiritimati", "Pacific/Honolulu", "Asia/Kathmandu", "Europe/Berlin"]
    projects = [None, *(Project.objects.create(team=team, name=name) for name in ("Spring", "Summer"))]
    ledger.grant(team_id=team.id, credits=10_000)

    def step() -> None:
        match draw.randrange(8):
            case 0 | 1 | 2:
                at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=draw.randrange(60 * 24 * 90))
                shown.extend(store(job(pictures=draw.randint(1, 3), project=draw.choice(projects)), at=at))
            case 3 if shown:
                remove(shown.pop(draw.randrange(len(shown))))
            case 4:
                gallery.add_up(team.id)
            case 5:
                recount.count_days(team.id, anew=draw.random() < 0.5)
            case 6:
                recount.count_totals(team.id)
            case 7:
                ledger.set_time_zone(team_id=team.id, name=draw.choice(zones))

    for _ in range(60):
        before = list(shown)
        try:
            with transaction.atomic():
                step()
                if draw.random() < 0.3:
                    raise Crash
        except Crash:
            shown[:] = before
        assert list(recount.differences(team.id)) == []
        assert gallery.total(team.id) == len(shown) == Image.objects.in_gallery().count()
    tasks.add_up_galleries()
    recount.count_days(team.id)
    assert sum((gallery.by_day(team.id) or {}).values()) == len(shown)


def test_a_recount_that_is_broken_off_goes_on_from_there(
    team: Team, job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    for month in range(1, 7):
        store(job(), at=datetime(2026, month, 15, tzinfo=UTC))
    ledger.set_time_zone(team_id=team.id, name="Europe/Berlin")
    for _ in range(3):
        recount._count_month(team.id)
    assert gallery.by_day(team.id) is None
    assert list(GalleryDay.objects.order_by("day").values_list("day__month", flat=True)) == [4, 5, 6]
    gone = Image.objects.get(created_at__month=2)
    remove(gone)
    store(job(), at=datetime(2026, 5, 20, tzinfo=UTC))
    tasks.add_up_galleries()
    recount.count_days(team.id)
    days = gallery.by_day(team.id) or {}
    assert {day.month: count for day, count in days.items() if day.day == 15 and count} == dict.fromkeys(
        (1, 3, 4, 5, 6), 1
    )
    assert list(recount.differences(team.id)) == []


def test_what_no_longer_fits_is_found_and_counted_anew(team: Team, job: Callable[..., Job]) -> None:
    store(job(pictures=2), at=datetime(2026, 1, 15, tzinfo=UTC))
    tasks.add_up_galleries()
    recount.count_days(team.id)
    call_command("gallery_counts", "--check")
    GalleryTotal.objects.update(pictures=5)
    GalleryDay.objects.update(pictures=1)
    found = {row.what: row.missing for row in recount.differences(team.id)}
    assert found == {"no project": -3, "15 January 2026": 1}
    with pytest.raises(CommandError, match="2 figures"):
        call_command("gallery_counts", "--check")
    call_command("gallery_counts")
    assert list(recount.differences(team.id)) == []
    assert gallery.total(team.id) == 2


def test_a_picture_and_its_cost_fall_on_one_day(team: Team, job: Callable[..., Job], creator: Actor) -> None:
    """At the team's midnight, too: both carry one moment, and ids sort as the moments do."""
    ledger.set_time_zone(team_id=team.id, name="Asia/Kathmandu")
    midnight = datetime(2026, 5, 2, tzinfo=ZoneInfo("Asia/Kathmandu"))
    order = []
    for before in (timedelta(microseconds=1), timedelta(0)):
        row = job(pictures=0)
        Job.objects.filter(pk=row.pk).update(state=JobState.SUBMITTED)
        Attempt.objects.create(
            job=row, connection=row.connection, outcome="accepted", provider_job_id=row.id, token_hash=row.id
        )
        links = tuple(ImageLink("https://example.com/1", 4, 3) for _ in range(4))
        remote = RemoteJob(row.id, JobStatus.COMPLETED, 100, "", "nanobanana", 4, images=links, tokens_used=3)
        # The clock runs on while it is written down.
        with time_machine.travel(midnight - before, tick=True):
            assert jobs.rendered(row, remote=remote)
        made = Image.objects.filter(job=row).order_by("id")
        paid = LedgerEntry.objects.get(job=row, kind="capture").created_at
        assert set(made.values_list("created_at", flat=True)) == {paid}
        assert list(made.values_list("index", flat=True)) == [0, 1, 2, 3]
        order += list(made.values_list("id", flat=True))
    assert order == sorted(order)
    zone = CreditAccount.objects.get(team=team).zone
    days = [row.created_at.astimezone(zone).date() for row in Image.objects.order_by("id")]
    assert days == sorted(days)
