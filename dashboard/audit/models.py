"""Who changed what, from where. Append-only: the database itself refuses updates and deletes."""

from django.db import models
from django.utils import timezone

from dashboard.accounts.models import ApiKey, Team, User


class ActorKind(models.TextChoices):
    PERSON = "person", "A person"
    KEY = "key", "An API key"
    TASK = "task", "Packshot itself"


class AuditEvent(models.Model):
    """A link of its team's chain; ``dashboard.audit.chain`` says what its hash covers."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="audit_events")
    sequence = models.BigIntegerField(help_text="1 for the team's first event, then without gaps")
    kind = models.CharField(max_length=6, choices=ActorKind)
    actor = models.CharField(max_length=254, help_text="The actor's name at that time")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, models.PROTECT, null=True, blank=True, related_name="+")
    address = models.GenericIPAddressField(null=True, blank=True)
    action = models.CharField(max_length=40, help_text="What was done, e.g. batch.started")
    object_id = models.CharField(max_length=40, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    salt = models.BinaryField(max_length=16, null=True, help_text="Goes with what the event says of people")
    people_digest = models.BinaryField(max_length=32, null=True, help_text="Stands for that, salted, under the hash")
    search_text = models.TextField(null=True, help_text="All that it says, folded; events from before have none")  # noqa: DJ001
    previous = models.CharField(max_length=64, help_text="The hash of the event before")
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "sequence"], name="one_chain_per_team")]
        indexes = [
            models.Index(fields=["team", "user", "-sequence"], name="event_of_person"),
            models.Index(fields=["team", "action", "-sequence"], name="event_of_action"),
            models.Index(fields=["team", "object_id", "-sequence"], name="event_of_object"),
            models.Index(fields=["team", "created_at"], name="event_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_id}"


class AuditHead(models.Model):
    """Where a team's chain ends."""

    team = models.OneToOneField(Team, models.PROTECT, primary_key=True, related_name="audit_head")
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)
    signed_on = models.DateField(null=True, blank=True, help_text="The last day whose head was signed and stored")

    def __str__(self) -> str:
        return f"{self.team_id} at {self.sequence}"
