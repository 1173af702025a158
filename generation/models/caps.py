"""Bounds on what a team, a project or a member may spend."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from generation.database.public_ids import PublicIdField


class Cap(models.Model):
    """At most ``credits`` held and spent in a period: by a project, by a member, or else by the whole team."""

    class Period(models.TextChoices):
        MONTH = "month", "Every month"
        TOTAL = "total", "In all"

    id = PublicIdField(prefix="cap")
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="caps")
    project = models.ForeignKey("projects.Project", models.PROTECT, null=True, blank=True, related_name="caps")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="caps")
    period = models.CharField(max_length=5, choices=Period, default=Period.MONTH)
    credits = models.PositiveBigIntegerField()
    warn_at = models.PositiveSmallIntegerField(default=80, help_text="Per cent")
    raised_by = models.PositiveBigIntegerField(default=0, help_text="Credits on top, for a while")
    raised_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(project=None) | Q(member=None), name="cap_bounds_one_thing"),
            models.UniqueConstraint(
                fields=["team", "period"], condition=Q(project=None, member=None), name="one_cap_of_team"
            ),
            models.UniqueConstraint(fields=["project", "period"], name="one_cap_of_project"),
            models.UniqueConstraint(fields=["team", "member", "period"], name="one_cap_of_member"),
        ]

    def __str__(self) -> str:
        return f"{self.get_period_display()} cap of {self.owner}"

    @property
    def owner(self) -> str:
        """What it bounds, by name."""
        return str(self.project or self.member or self.team)

    def limit(self, at: datetime) -> int:
        """Credits allowed at a moment, with a raise that has not run out."""
        raised = self.raised_until is not None and at < self.raised_until
        return self.credits + (self.raised_by if raised else 0)


class CapPeriod(models.Model):
    """What a cap has taken in one of its periods; only ``generation.credits.caps`` writes what is held and spent."""

    cap = models.ForeignKey(Cap, models.CASCADE, db_index=False, related_name="periods")
    team = models.ForeignKey("accounts.Team", models.CASCADE, db_index=False, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField(help_text="The first moment that no longer counts")
    held = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)
    announced_at = models.DateTimeField(
        null=True, blank=True, help_text="When people were told that the warning's share was reached"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cap", "starts"], name="cap_period_once"),
            models.CheckConstraint(condition=Q(held__gte=0), name="cap_held_not_negative"),
        ]
        indexes = [
            models.Index(fields=["team", "starts"], name="cap_period_of_team"),
            models.Index(fields=["ends"], name="cap_to_announce", condition=Q(announced_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.cap_id} from {self.starts}"

    @property
    def used(self) -> int:
        return self.held + self.spent
