"""Reviewers, covers and the nightly removal at the same moment, on both engines."""

from pathlib import Path
from typing import Any

from tests import programs

WORLD = """
import json, random, threading
from datetime import timedelta
import django
django.setup()
from django.db import connection
from django.db.models import Sum
from django.http import Http404
from django.utils import timezone
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.audit.proof import Proof
from dashboard.gallery import retention, review
from dashboard.gallery.models import Removal
from dashboard.projects.actions import choose_cover
from dashboard.projects.models import Product, Project
from generation.credits import ledger, rebuild, rollup
from generation.models import Asset, Batch, Connection, CreditAccount, DailySpend, Image, Job

PICTURES = 24
team = Team.objects.create(name="Northwind", retention_days=30)
bob = User.objects.create_user(email="bob@example.com")
acting = Actor(team, Role.CREATOR, user=bob)
asset = Asset.objects.create(team=team, original="a", display="a", thumbnail="a", mime="image/jpeg", sha256="0" * 64,
                             size=1, width=1, height=1)
product = Product.objects.create(team=team, name="Camp mug", asset=asset)
place = Connection.objects.create(team=team, base_url="http://127.0.0.1:9/v1")
ledger.grant(team_id=team.pk, credits=1000)
batch = Batch.objects.create(team=team, member=bob)
job = Job.objects.create(team=team, batch=batch, connection=place, product=product, asset=asset, member=bob,
                         prompt="On marble", model="nanobanana", num_images=4, price=12)
ledger.hold(batch=batch, jobs=[job], spender_id=bob.pk)
ledger.capture(job=job, credits=12, pictures=PICTURES)
now = timezone.now()
images = Image.objects.bulk_create(Image(team=team, job=job, index=at, stored_at=now, thumbnail=f"t{at}")
                                   for at in range(PICTURES))
Image.objects.update(created_at=now - timedelta(days=90))
ids, broken = [image.pk for image in images], []

def together(*works):
    gate = threading.Barrier(len(works))
    def run(work, seed):
        try:
            gate.wait()
            work(random.Random(seed))
        except Exception as error:
            broken.append(repr(error))
        finally:
            connection.close()
    threads = [threading.Thread(target=run, args=[work, seed]) for seed, work in enumerate(works)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

def judge(choose, verdicts=("approved", "rejected", ""), times=40):
    for _ in range(times):
        rows = Image.objects.in_gallery().select_related("job__product", "job__api_key")
        picture = rows.filter(pk=choose.choice(ids)).first()
        if picture:
            review.review(acting, picture, verdict=Image.Review(choose.choice(verdicts)))
"""

REVIEWS = """
together(judge, judge, judge, judge)
approved = Image.objects.filter(review="approved").count()
counted = DailySpend.objects.aggregate(approved=Sum("approved"))["approved"]
parted = [row.sentence for row in rebuild.differences(CreditAccount.objects.get())]
faults = [fault.sentence for fault in Proof(team.pk).faults()]
print(json.dumps([broken, counted - approved, parted, faults]))
"""

REMOVALS = """
retention.PORTION = 3
projects = [Project.objects.create(team=team, name=f"Campaign {at}") for at in range(8)]

def remove(choose):
    for _ in range(3):
        retention.take_out(Team.objects.get(), Removal.objects.get())

def decorate(choose):
    for project in projects:
        picture = Image.objects.get(pk=choose.choice(ids))
        try:
            choose_cover(acting, project, picture=picture)
        except Http404:
            pass

retention.announce(team)
together(remove, remove, decorate, lambda choose: judge(choose, verdicts=["approved"], times=8))
retention.take_out(Team.objects.get(), Removal.objects.get())
gone = Image.objects.exclude(deleted_at=None)
written = sum(event.after["pictures"] for event in AuditEvent.objects.filter(action="pictures.removed"))
lost = Project.objects.filter(cover__deleted_at__isnull=False).count() + gone.filter(review="approved").count()
kept = Image.objects.in_gallery()
unkept = kept.exclude(review="approved").exclude(pk__in=Project.objects.exclude(cover=None).values("cover")).count()
print(json.dumps([broken, lost, written - gone.count(), unkept]))
"""


def outcome(code: str, *, database: str, data: Path) -> Any:
    return programs.outcome("-c", WORLD + code, folder=data, database=database, with_valkey=True)


def test_every_approval_is_counted_once(database: str, tmp_path: Path) -> None:
    assert outcome(REVIEWS, database=database, data=tmp_path) == [[], 0, [], []]


def test_no_cover_and_no_approved_picture_is_removed(database: str, tmp_path: Path) -> None:
    broken, lost, unwritten, left_behind = outcome(REMOVALS, database=database, data=tmp_path)
    assert broken == []
    assert lost == 0
    assert unwritten == 0
    assert left_behind == 0
