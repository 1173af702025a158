"""What the generate page starts with: ``?product=…&preset=…&project=…&job=…`` from other pages' links."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.presets.access import visible
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.models import Product, Project
from dashboard.studio.actions import BATCH_MAX
from dashboard.studio.forms import PRESETS, WRITE
from dashboard.studio.questions import questions
from dashboard.ui.filters import identifier
from generation.contract import CATALOGUE, AspectRatio
from generation.models import Batch, Job

PRESETS_MAX = 100
"""Presets that a link may name."""
DEFAULTS: dict[str, Any] = {
    "model": next(iter(CATALOGUE)),
    "aspect_ratio": [AspectRatio.SQUARE.value],
    "num_images": 1,
    "scene": WRITE,
}


def prefill(acting: Actor, query: QueryDict) -> dict[str, Any]:
    """The form's initial values; 404 for a job, batch, preset or project of another team.

    ``job`` and ``batch`` bring their settings along; ``variation`` those of a job that becomes the new ones' parent.
    """
    values = DEFAULTS | _newest_preset(acting)
    made = Job.objects.select_related("preset_version__preset__current")
    if job_id := query.get("variation") or query.get("job"):
        values = DEFAULTS | _of_jobs([access.find(acting, made, pk=job_id)])
    if parent := query.get("variation"):
        values["parent"] = parent
    if batch_id := query.get("batch"):
        rows = made.filter(batch=access.find(acting, Batch, pk=batch_id)).order_by("id")
        values = DEFAULTS | _of_jobs(list(rows))
    if wanted := list(dict.fromkeys(query.getlist("preset")))[:PRESETS_MAX]:
        for preset_id in wanted:
            access.find(acting, visible(acting), pk=preset_id)
        values |= _of_presets(list(_usable(acting).filter(pk__in=wanted)))
    if project_id := query.get("project"):
        values["project"] = access.find(acting, Project, pk=project_id).id
    if wanted := list(dict.fromkeys(filter(identifier, query.getlist("product"))))[:BATCH_MAX]:
        products = Product.objects.filter(team=acting.team, archived_at=None, pk__in=wanted)
        values["product"] = list(products.values_list("pk", flat=True))
        if photo := identifier(query.get("photo", "")):
            values |= {f"photo.{pk}": [photo] for pk in values["product"]}
    return values


def _usable(acting: Actor) -> QuerySet[Preset]:
    rows = visible(acting).filter(archived_at=None, current__isnull=False)
    return rows.select_related("current").order_by("-id")


def _newest_preset(acting: Actor) -> dict[str, Any]:
    newest = _usable(acting).exclude(visibility=Preset.Visibility.PROJECT).first()
    return _of_presets([newest]) if newest else {}


def _of_jobs(jobs: list[Job]) -> dict[str, Any]:
    """The settings of jobs of one batch: their presets while those still say the same, else the first's very words."""
    first = jobs[0]
    versions = {job.preset_version_id: job.preset_version for job in jobs}
    presets = [version.preset for version in versions.values() if version and _is_current(version)]
    same = len(presets) == len(versions)
    return {
        "product": list(dict.fromkeys(job.product_id for job in jobs)),
        "project": first.project_id,
        "model": first.model,
        "aspect_ratio": list(dict.fromkeys(job.aspect_ratio for job in jobs)),
        "num_images": first.num_images,
        "scene": PRESETS if same else WRITE,
        "preset": [preset.pk for preset in presets] if same else [],
        "prompt": "" if same else first.prompt,
        **_photos(jobs),
        **(_answers(jobs, presets) if same else {}),
    }


def _photos(jobs: list[Job]) -> dict[str, list[str]]:
    """The photos that the jobs were made of, by product."""
    found: dict[str, list[str]] = {}
    for job in jobs:
        photos = found.setdefault(f"photo.{job.product_id}", [])
        if job.asset_id not in photos:
            photos.append(job.asset_id)
    return found


def _is_current(version: PresetVersion) -> bool:
    return version.preset.current_id == version.pk and version.preset.archived_at is None


def _answers(jobs: list[Job], presets: Iterable[Preset]) -> dict[str, str]:
    """What was filled in: the first job's answer for all, and beside it that of each product with another one."""
    answers: dict[str, str] = {}
    for question in questions(presets):
        for job in jobs:
            if job.preset_version and job.preset_version.preset_id in question.presets:
                value = str(job.variables.get(question.variable.name, ""))
                if value != answers.setdefault(question.field, value):
                    answers[question.field_of(job.product_id)] = value
    return answers


def _of_presets(presets: list[Preset]) -> dict[str, Any]:
    """Presets to make pictures with, in the settings of the first."""
    version = presets[0].current if presets else None
    if version is None:
        return {}
    return {
        "project": presets[0].project_id,
        "scene": PRESETS,
        "preset": [preset.pk for preset in presets],
        "model": version.model,
        "aspect_ratio": [version.aspect_ratio],
        "num_images": version.num_images,
    }
