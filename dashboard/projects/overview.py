"""What a project has come to: pictures, cover and credits, for many projects in a fixed number of queries."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery, Sum

from dashboard.projects.models import Product, Project
from dashboard.ui.counts import Tally, tally
from generation.counts import gallery
from generation.models import Hold, Image, Job, MonthlySpend
from generation.plurals import counted

PRODUCTS_SHOWN = 24


@dataclass(frozen=True)
class ProjectSpend:
    """Credits of a project's jobs, as the ledger has them."""

    captured: int = 0
    held: int = 0

    @property
    def total(self) -> int:
        return self.captured + self.held


@dataclass(frozen=True)
class ProjectSummary:
    project: Project
    pictures: int
    cover: Image | None
    """The chosen picture, else the newest."""
    spend: ProjectSpend

    @property
    def note(self) -> str:
        """``24 pictures · 120 credits``."""
        return f"{counted(self.pictures, 'picture')} · {counted(self.spend.total, 'credit')}"


def summaries(projects: list[Project]) -> list[ProjectSummary]:
    """One for each of a team's projects, in their order."""
    pictures: dict[str, int] = {}
    for team_id in {row.team_id for row in projects}:
        pictures |= gallery.by_project(team_id)
    newest = _newest([row for row in projects if row.cover_id is None])
    covers = {row.pk: row.cover_id or newest.get(row.pk) for row in projects}
    images = Image.objects.in_gallery().in_bulk([pk for pk in covers.values() if pk])
    spent = spends(projects)
    return [
        ProjectSummary(
            project=row,
            pictures=pictures.get(row.pk, 0),
            cover=images.get(covers[row.pk] or ""),
            spend=spent.get(row.pk, ProjectSpend()),
        )
        for row in projects
    ]


def _newest(projects: list[Project]) -> dict[str, str | None]:
    """Of each project a picture of its newest job that has one: the job is the first in the project's own index."""
    shown = Image.objects.in_gallery().exclude(thumbnail="")
    with_pictures = Job.objects.filter(Exists(shown.filter(job=OuterRef("pk"))), project=OuterRef("pk"))
    newest_job = Subquery(with_pictures.order_by("-id").values("pk")[:1])
    rows = Project.objects.filter(pk__in=[row.pk for row in projects]).annotate(newest_job=newest_job)
    jobs = dict(rows.values_list("newest_job", "pk"))
    pictures = shown.filter(job__in=[job for job in jobs if job]).order_by("index").values_list("job", "pk")
    return {jobs[job]: pk for job, pk in pictures}


def spends(projects: Collection[Project]) -> dict[str, ProjectSpend]:
    """Credits by project id; projects without a job are not in it."""
    kept = {"team__in": {one.team_id for one in projects}, "project__in": [one.pk for one in projects]}
    captured = dict(MonthlySpend.objects.filter(**kept).values_list("project").annotate(Sum("spent")))
    holds = Hold.objects.filter(account__in=kept["team__in"], resolved_at=None, job__project__in=projects)
    held = dict(holds.values_list("job__project").annotate(Sum("credits")))
    return {pk: ProjectSpend(captured.get(pk, 0), held.get(pk, 0)) for pk in captured.keys() | held.keys()}


def products_of(project: Project) -> tuple[list[Product], Tally]:
    """The newest products that the project's jobs show, and how many there are."""
    used = Job.objects.filter(project=project).values("product")
    rows = Product.objects.filter(team=project.team_id, pk__in=used)
    return list(rows.select_related("asset").order_by("-pk")[:PRODUCTS_SHOWN]), tally(rows)
