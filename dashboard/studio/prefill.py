"""What the generate page starts with: ``?product=…&preset=…&project=…&job=…`` from other pages' links."""

from typing import Any

from django.http import QueryDict

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.models import Product, Project
from generation.contract import CATALOGUE, AspectRatio
from generation.models import Job

DEFAULTS = {"model": next(iter(CATALOGUE)), "aspect_ratio": [AspectRatio.SQUARE.value], "num_images": 1, "preset": ""}


def prefill(acting: Actor, query: QueryDict) -> dict[str, Any]:
    """The form's initial values; 404 for a job, preset or project of another team."""
    values = DEFAULTS | _newest_preset(acting)
    if job_id := query.get("job"):
        rows = Job.objects.select_related("preset_version__preset")
        values = DEFAULTS | _of_job(access.find(acting, rows, pk=job_id))
    if preset_id := query.get("preset"):
        values |= _of_preset(access.find(acting, Preset.objects.select_related("current"), pk=preset_id))
    if project_id := query.get("project"):
        values["project"] = access.find(acting, Project, pk=project_id).id
    if wanted := query.getlist("product"):
        products = Product.objects.filter(team=acting.team, archived_at=None, pk__in=wanted)
        values["product"] = list(products.values_list("pk", flat=True))
    return values


def _newest_preset(acting: Actor) -> dict[str, Any]:
    rows = Preset.objects.filter(team=acting.team, archived_at=None, current__isnull=False)
    newest = rows.select_related("current").order_by("-id").first()
    return _of_preset(newest) if newest else {}


def _of_job(job: Job) -> dict[str, Any]:
    """The settings of a job: its preset while that still says the same, else its very words."""
    version = job.preset_version
    same = version is not None and version.preset.current_id == version.pk and version.preset.archived_at is None
    return {
        "product": [job.product_id],
        "project": job.project_id,
        "model": job.model,
        "aspect_ratio": [job.aspect_ratio],
        "num_images": job.num_images,
        "preset": version.preset_id if version and same else "",
        "prompt": "" if same else job.prompt,
    }


def _of_preset(preset: Preset) -> dict[str, Any]:
    version: PresetVersion | None = preset.current
    if version is None:
        return {}
    return {
        "preset": preset.id,
        "model": version.model,
        "aspect_ratio": [version.aspect_ratio],
        "num_images": version.num_images,
    }
