"""Caps and jobs that count against them, and pages that speak of both."""

import re
from typing import Any

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team
from dashboard.projects.models import Product, Project
from dashboard.studio.actions import JobSpec, start
from generation.credits import caps
from generation.models import Cap, Job


def cap(team: Team, credits: int, **fields: Any) -> Cap:
    row = Cap(team=team, credits=credits, **fields)
    caps.save(row)
    return row


def order(acting: Actor, product: Product, jobs: int = 1, *, project: Project | None = None) -> list[Job]:
    """Start jobs of one picture each, at 5 credits."""
    asked: dict[str, Any] = {"model": "nanobanana2", "aspect_ratio": "1:1", "num_images": 1, "project": project}
    spec = JobSpec(product=product, prompt="On marble", **asked)
    return list(start(acting, specs=[spec] * jobs).jobs.order_by("id"))


def words(html: str) -> str:
    """A page as one reads it."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
