"""A team's credits and every change of them."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from generation.models.jobs import Job


class CreditAccount(models.Model):
    """A team's credits. Every figure is the sum of the account's entries; only ``generation.credits.ledger`` writes it.

    Whatever changes a team's credits, caps or roll-ups locks this row first, so that such changes take turns.
    """

    team = models.OneToOneField("accounts.Team", models.PROTECT, primary_key=True, related_name="credits")
    granted = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)
    time_zone = models.CharField(max_length=64, default="UTC", help_text="Where the team's days and months begin")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(held__gte=0), name="held_not_negative")]

    def __str__(self) -> str:
        return f"{self.left} credits of {self.team}"

    @property
    def left(self) -> int:
        """Credits that a new hold may take."""
        return self.granted - self.held - self.spent

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @classmethod
    def zone_of(cls, team_id: str) -> ZoneInfo:
        """Where a team's days begin; a team that was never granted a credit is in UTC."""
        account = cls.objects.filter(pk=team_id).first()
        return account.zone if account else ZoneInfo("UTC")


class Hold(models.Model):
    """Credits set aside for a job; resolves exactly once, by capture or release.

    Its references carry no constraints, for a press writes a thousand holds: the entry that is written with each
    hold, from the same row, and can never be deleted, has a constraint on the job and on the account. The spender
    is the job's member or whoever made its key, which has one.
    """

    job = models.OneToOneField(Job, models.PROTECT, primary_key=True, db_constraint=False, related_name="hold")
    account = models.ForeignKey(
        CreditAccount, models.PROTECT, db_index=False, db_constraint=False, related_name="holds"
    )
    credits = models.PositiveIntegerField()
    held_at = models.DateTimeField(
        default=timezone.now, help_text="The whole cost of a job counts in the caps' period of this moment"
    )
    spender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="+",
        help_text="Whose cap it counts against: the member, or whoever made the key",
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account"], name="hold_open", condition=Q(resolved_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.credits} for {self.job_id}"


def _copied(to: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        to, models.PROTECT, null=True, blank=True, db_index=False, db_constraint=False, related_name="+"
    )


class LedgerEntry(models.Model):
    """One signed change of an account. Append-only: the database itself refuses updates and deletes."""

    class Kind(models.TextChoices):
        GRANT = "grant", "Grant"
        HOLD = "hold", "Hold"
        CAPTURE = "capture", "Capture"
        RELEASE = "release", "Release"
        REFUND = "refund", "Refund"
        ADJUST = "adjust", "Adjustment"

    account = models.ForeignKey(CreditAccount, models.PROTECT, db_index=False, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind)
    granted = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="entries")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    # Of the job, whose row carries the constraints: a page filters ten million entries without reading their jobs.
    project = _copied("projects.Project")
    member = _copied(settings.AUTH_USER_MODEL)
    api_key = _copied("accounts.ApiKey")
    preset_version = _copied("presets.PresetVersion")
    model = models.CharField(max_length=40, blank=True)
    pictures = models.PositiveSmallIntegerField(default=0, help_text="That a capture paid for")

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "ledger entries"
        indexes = [models.Index(fields=["account", "-created_at", "-id"], name="entry_of_account")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"
