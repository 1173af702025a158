"""The receiver: find our attempt by the token, store the delivery once, answer at once. Never believe the body."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from generation.models import Attempt, JobState, WebhookDelivery
from generation.pipeline import jobs
from generation.pipeline.hints import hint

BODY_MAX = 64 * 1024


@csrf_exempt
@require_POST
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """204 for a token of ours, whatever the body; 404 otherwise."""
    attempt = Attempt.objects.select_related("job").filter(token_hash=jobs.token_hash(token)).first()
    if attempt is None:
        return HttpResponse(status=404)
    body = request.read(BODY_MAX)
    _, new = WebhookDelivery.objects.get_or_create(
        attempt=attempt,
        digest=hashlib.sha256(body).hexdigest(),
        defaults={"body": body.decode("utf-8", "replace").replace("\x00", "")},
    )
    if new and attempt.charge is None and (look := _look(attempt)):
        hint(*look)
    return HttpResponse(status=204)


def _look(attempt: Attempt) -> tuple[str, str] | None:
    """The task that looks at what the delivery is about, with the id that it takes."""
    job = attempt.job
    if attempt.due_at is None and job.state == JobState.SUBMITTING:
        return None  # the answer to its POST is not here yet; when it comes there is a look at once
    if attempt.due_at is None and job.state in _TASKS:
        return _TASKS[JobState(job.state)], job.id
    return "follow_attempt", attempt.id


_TASKS = {JobState.SUBMITTED: "settle_job", JobState.UNKNOWN: "resolve_job"}
