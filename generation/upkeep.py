"""What is forgotten of the machine's past: how we were told of it, and what others did with the same account.

Jobs, attempts, pictures and every credit stay, and so do the readings of the provider's balance.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from generation.database.bulk_delete import delete_in_portions
from generation.models import Discrepancy, WebhookDelivery


def clear_history() -> int:
    """Delete what is older than ``HISTORY_DAYS``; answers how many rows."""
    before = timezone.now() - timedelta(days=settings.HISTORY_DAYS)
    deleted = delete_in_portions(WebhookDelivery.objects.filter(received_at__lt=before), by="received_at")
    open_drift = Q(reconciliation__verdict="") & ~Q(reconciliation__drift=0)
    # By then the comparison has long gone on from there, so that none of them is told a second time.
    others = Discrepancy.objects.filter(job=None, found_at__lt=before).exclude(open_drift)
    return deleted + delete_in_portions(others, by="found_at")
