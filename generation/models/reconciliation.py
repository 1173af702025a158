"""How the provider's figures and ours compare."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from generation.models.connections import Connection
from generation.models.jobs import Job


class Reconciliation(models.Model):
    """One reading of the provider's balance, beside what we captured since the last quiet one."""

    class Verdict(models.TextChoices):
        NONE = "", "Open"
        ADJUSTED = "adjusted", "Adjusted"
        TOP_UP = "top_up", "A top-up"
        EXPLAINED = "explained", "Explained"

    team = models.ForeignKey("accounts.Team", models.CASCADE, db_index=False, related_name="reconciliations")
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="reconciliations")
    checked_at = models.DateTimeField()
    since = models.DateTimeField(null=True, blank=True, help_text="The reading that it compares with; empty for none")
    account = models.CharField(max_length=100, blank=True, help_text="Whose balance it is, where the provider says so")
    balance = models.BigIntegerField()
    captured_in_all = models.BigIntegerField(help_text="Credits captured through the connection when it was read")
    moved = models.BigIntegerField(default=0, help_text="Credits that the balance fell by since then")
    captured = models.BigIntegerField(default=0, help_text="Credits that we captured since then")
    in_flight = models.BigIntegerField(default=0, help_text="Credits of jobs that the provider may have charged")
    drift = models.BigIntegerField(default=0, help_text="What neither captures nor jobs under way explain")
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.NONE, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="reconciliation_of_team")]

    def __str__(self) -> str:
        return f"{self.connection_id} at {self.checked_at}"


class ReconciliationCursor(models.Model):
    """How far the provider's list of jobs is compared with ours. Times are the provider's."""

    connection = models.OneToOneField(Connection, models.CASCADE, primary_key=True, related_name="job_list")
    compared_until = models.DateTimeField(help_text="Whatever was made before is compared, or told as what was not")
    read = models.PositiveIntegerField(default=0, help_text="Jobs that the present walk has read; 0: there is none")
    newest = models.DateTimeField(null=True, blank=True, help_text="When its newest job was made")
    waiting = models.DateTimeField(null=True, blank=True, help_text="When the oldest that has not ended was made")
    last_id = models.CharField(max_length=100, blank=True, help_text="The last job that it read")
    fault = models.CharField(max_length=500, blank=True, help_text="Why it stopped")

    def __str__(self) -> str:
        return f"{self.connection_id} until {self.compared_until}"


class Discrepancy(models.Model):
    """A job whose cost differs between the provider and us, or that may explain a drift."""

    reconciliation = models.ForeignKey(Reconciliation, models.CASCADE, related_name="discrepancies")
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, db_index=False, related_name="discrepancies")
    provider_job_id = models.CharField(max_length=100, blank=True)
    captured = models.BigIntegerField(default=0, help_text="Credits that we captured")
    charged = models.BigIntegerField(
        null=True, blank=True, help_text="tokens_used, as the provider says; empty: unknown"
    )
    note = models.CharField(max_length=200, help_text="What is odd about it, in one sentence")
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["job"], name="discrepancy_of_job", condition=Q(job__isnull=False)),
            models.Index(fields=["provider_job_id"], name="discrepancy_of_provider_job"),
            models.Index(fields=["found_at"], name="discrepancy_of_others", condition=Q(job__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.provider_job_id or str(self.job_id)
