"""Who changed what, from where. Append-only: the database itself refuses updates and deletes."""

from django.db import models

from dashboard.accounts.models import ApiKey, Team, User


class AuditEvent(models.Model):
    team = models.ForeignKey(Team, models.PROTECT, related_name="audit_events")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, models.PROTECT, null=True, blank=True, related_name="+")
    address = models.GenericIPAddressField(null=True, blank=True)
    action = models.CharField(max_length=40, help_text="What was done, e.g. jobs.started")
    object_id = models.CharField(max_length=40, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="event_of_team")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_id}"
