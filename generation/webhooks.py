"""The receiver: find our attempt by the token, store the delivery once, answer at once. Never believe the body."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from generation import jobs
from generation.models import Attempt, JobState, WebhookDelivery
from generation.tasks import hint

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
    if new and (task := _TASKS.get(JobState(attempt.job.state))):
        hint(task, attempt.job_id)
    return HttpResponse(status=204)


_TASKS = {JobState.SUBMITTED: "settle_job", JobState.UNKNOWN: "resolve_job", JobState.NEEDS_REVIEW: "resolve_job"}
