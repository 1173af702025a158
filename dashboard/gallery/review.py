"""Approving and rejecting pictures: who decided, and what the team's rules allow.

The team's roll-up counts approved pictures, so a decision is written with it and with the audit event, or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.models import AuditEvent
from dashboard.audit.record import record
from generation.credits import rollup
from generation.errors import UserFacingError
from generation.models import Image

Review = Image.Review
OWN_WORK = "This picture is your own work. In this team somebody else approves it."
NOT_APPROVED = "This team downloads approved pictures only, and this one is not approved."
ACTIONS: Mapping[Review, str] = {
    Review.APPROVED: "picture.approved",
    Review.REJECTED: "picture.rejected",
    Review.NONE: "picture.review_cleared",
}
WORDS = {
    "picture.approved": "Approved",
    "picture.rejected": "Rejected",
    "picture.review_cleared": "Review taken back",
}
HISTORY_MAX = 20


class NotAllowed(UserFacingError):
    """The team's rules are against it."""


def review(acting: Actor, picture: Image, *, verdict: Review) -> bool:
    """Approve or reject a picture, or take that back with ``Review.NONE``.

    ``False`` when somebody was faster, or it says so already: nothing is changed then. Raises :class:`NotAllowed`.
    ``picture`` comes with its job, the job's API key and product.
    """
    acting.require(Role.CREATOR)
    if verdict == Review.APPROVED and (reason := barred(acting, picture)):
        raise NotAllowed(reason)
    before = Review(picture.review)
    if before == verdict:
        return False
    with transaction.atomic():
        as_seen = Image.objects.in_gallery().filter(pk=picture.pk, team=acting.team, review=before)
        if not as_seen.update(review=verdict):
            return False
        picture.review = verdict
        if change := (verdict == Review.APPROVED) - (before == Review.APPROVED):
            rollup.reviewed(picture, approved=change)
        product = {"product": picture.job.product.name}
        facts = [product | {"review": str(state.label)} for state in (before, verdict)]
        record(acting, ACTIONS[verdict], picture.id, before=facts[0], after=facts[1])
    return True


def barred(acting: Actor, picture: Image) -> str:
    """Why this person may not approve the picture; empty where nothing is against it."""
    return "" if acting.team.approve_own or not _made_by(acting, picture) else OWN_WORK


def _made_by(acting: Actor, picture: Image) -> bool:
    """Whether the person asked for the picture, be it through a key of their own."""
    job = picture.job
    maker = job.api_key.created_by_id if job.api_key else job.member_id
    return maker is not None and maker == acting.spender_id


def download_refusal(acting: Actor, picture: Image) -> str:
    """Why the original may not be had; empty where it may. What cannot be shown is judged by those who have it."""
    is_barred = acting.team.approved_only and picture.review != Review.APPROVED and picture.display
    return NOT_APPROVED if is_barred else ""


@dataclass(frozen=True)
class Decision:
    what: str
    who: str
    when: datetime


def history(picture: Image) -> list[Decision]:
    """What was decided of a picture, the newest first."""
    events = AuditEvent.objects.filter(team=picture.team_id, object_id=picture.id, action__in=WORDS)
    rows = events.order_by("-sequence")[:HISTORY_MAX]
    return [Decision(WORDS[row.action], row.actor, row.created_at) for row in rows]
