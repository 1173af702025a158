"""A program for tests: counts while pictures come and go, are added up and counted anew, all at once. Prints JSON.

Test databases live in one transaction or in memory, where threads do not meet; ``DATABASE_URL`` names a real one.
"""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import cycle

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (models need the line above)
from django.db import connections as databases  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from generation.counts import gallery, recount  # noqa: E402
from generation.credits import ledger  # noqa: E402
from generation.media.pictures import Picture, StoredKeys  # noqa: E402
from generation.models import Image, Job, JobState  # noqa: E402
from generation.pipeline import jobs  # noqa: E402
from tests.generation.credits.machine_world import World  # noqa: E402

WORKERS, EACH = 4, 25
STORED = Picture(
    b"x", "image/png", "png", sha256="0" * 64, width=4, height=3, display=b"", thumbnail=b"", thumb_hash=""
)


def store(found: list[Image]) -> None:
    for image in found:
        assert jobs.picture_stored(image, picture=STORED, keys=StoredKeys("o", "d", "t"))


def remove(found: list[Image]) -> None:
    """Those of them that are stored by now."""
    for image in found:
        with transaction.atomic():
            if Image.objects.in_gallery().filter(pk=image.pk).update(deleted_at=timezone.now()):
                gallery.note(team_id=image.team_id, pictures=[(image.job.project_id, image.created_at)], by=-1)


def made(world: World) -> list[Image]:
    """Pictures of many days and two projects, none of them stored."""
    ledger.grant(team_id=world.team.id, credits=10_000)
    project = cycle([None, *world.projects])
    rows = world.hold([(next(project), 5) for _ in range(WORKERS * EACH)], who=0)
    Job.objects.update(state=JobState.RENDERED)
    now, facts = timezone.now(), {"team": world.team, "index": 0, "source_url": "x"}
    return [
        Image.objects.create(job=Job.objects.get(pk=row.pk), created_at=now - timedelta(hours=5 * at), **facts)
        for at, row in enumerate(rows)
    ]


def main() -> dict[str, object]:
    world = World("counts")
    team, images = world.team.id, made(world)
    zones, drift, ended = (
        cycle(["Pacific/Kiritimati", "Asia/Kathmandu", "Pacific/Honolulu"]),
        Counter[str](),
        list[int](),
    )

    def move() -> None:
        ledger.set_time_zone(team_id=team, name=next(zones))
        recount.count_days(team)

    def check() -> None:
        drift.update(found.what for found in recount.differences(team))

    def worker(at: int) -> None:
        store(images[at::WORKERS])
        remove(images[at :: 3 * WORKERS])

    def one(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            databases.close_all()

    def work(at: int) -> None:
        try:
            worker(at)
        finally:
            ended.append(at)

    def watch(look: Callable[[], object]) -> None:
        while len(ended) < WORKERS:
            look()

    looks: list[Callable[[], object]] = [lambda: gallery.add_up(team), move, check]
    parts = [partial(work, at) for at in range(WORKERS)] + [partial(watch, look) for look in looks]
    with ThreadPoolExecutor(len(parts)) as pool:
        list(pool.map(one, parts))
    remove(images[1::3])
    gallery.add_up(team)
    recount.count_days(team)
    check()
    shown, days = Image.objects.in_gallery().count(), gallery.by_day(team) or {}
    return {"drift": drift, "counted": [gallery.total(team) - shown, sum(days.values()) - shown]}


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    print(json.dumps(main()))
