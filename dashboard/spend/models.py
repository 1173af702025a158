"""What people are owed: word that a cap is nearly used up."""

from typing import Any

from django.db import models
from django.db.models import Q

from dashboard.accounts.models import Team
from generation.database.public_ids import PublicIdField
from generation.models import Cap


class Alert(models.Model):
    """A cap reached its warning's share: mailed, and posted where the team wants that, until both have arrived.

    ``payload`` is what the team's webhook gets; it says all that was true then, whatever becomes of the cap.
    """

    id = PublicIdField(prefix="alert")
    team = models.ForeignKey(Team, models.CASCADE, related_name="alerts")
    cap = models.ForeignKey(Cap, models.SET_NULL, null=True, related_name="alerts")
    payload: "models.JSONField[Any, Any]" = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True, help_text="When to send it next; empty when it is over")
    mail_fault = models.CharField(max_length=200, blank=True, help_text="Why the last mail was not taken")
    post_fault = models.CharField(max_length=200, blank=True, help_text="What the receiver said instead of yes")

    class Meta:
        indexes = [
            models.Index(fields=["team", "-id"], name="alert_of_team"),
            models.Index(fields=["due_at"], name="alert_due", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.id} about {self.payload['cap']['name']}"
