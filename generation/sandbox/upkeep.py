"""What the sandbox forgets of old jobs: their files and words, and how their webhooks went.

The jobs themselves stay with their charges: they are its books. Uploaded photos stay as long as somebody may name them.
"""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from generation.database.bulk_delete import PORTION, SECONDS, delete_in_portions
from generation.sandbox.models import Delivery, SandboxJob

log = logging.getLogger(__name__)
_OWN = ("sandbox/results/", "sandbox/photos/")
"""Files that belong to one job; the photo may also be an uploaded one, which other jobs show too."""


def clear_history() -> int:
    """Clear what ended more than ``SANDBOX_DAYS`` ago; answers how many jobs were cleared."""
    before = timezone.now() - timedelta(days=settings.SANDBOX_DAYS)
    delete_in_portions(Delivery.objects.filter(due_at=None, created_at__lt=before), by="created_at")
    until, cleared = time.monotonic() + SECONDS, 0
    old = SandboxJob.objects.filter(ended_at__lt=before, cleared_at=None)
    for job in old.order_by("ended_at")[:PORTION]:
        if time.monotonic() > until or not _clear(job):
            break
        cleared += 1
    return cleared


def _clear(job: SandboxJob) -> bool:
    """``False`` while the storage is out of order. The files go first: what breaks off here is found again."""
    try:
        for key in [job.photo, *(made["key"] for made in job.pictures)]:
            if key.startswith(_OWN):
                default_storage.delete(key)
    except OSError as error:
        log.warning("The files of the sandbox's %s are not deleted yet: %s", job.pk, error)
        return False
    nothing = {"prompt": "", "photo": "", "product": "", "webhook_url": "", "pictures": [], "faults": {}}
    SandboxJob.objects.filter(pk=job.pk).update(cleared_at=timezone.now(), **nothing)
    return True
