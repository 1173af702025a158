"""What callers of the API are owed: word that their job ended."""

from django.db import models
from django.db.models import Q

from dashboard.accounts.models import ApiKey
from generation.database.public_ids import PublicIdField
from generation.models import Job


class CallerDelivery(models.Model):
    """A webhook to the ``webhook_url`` of a job, written with the job and sent once it has ended."""

    id = PublicIdField(prefix="msg")
    job = models.OneToOneField(Job, models.CASCADE, related_name="caller_delivery")
    api_key = models.ForeignKey(ApiKey, models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=200, blank=True, help_text="What the receiver said last")
    due_at = models.DateTimeField(null=True, blank=True, help_text="When to send it next; empty when it is over")
    delivered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "caller deliveries"
        indexes = [
            models.Index(fields=["due_at"], name="caller_delivery_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["created_at"], name="caller_delivery_over", condition=Q(due_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.id} about {self.job_id}"
