"""What was spent, added up beside the ledger: few rows for reports. ``generation.credits.rollup`` keeps them."""

from django.db import models


class Spend(models.Model):
    """The columns that all of them share."""

    team = models.ForeignKey("accounts.Team", models.PROTECT, db_index=False, related_name="+")
    spent = models.BigIntegerField(default=0)
    jobs = models.IntegerField(default=0, help_text="Captures")
    pictures = models.IntegerField(default=0)
    approved = models.IntegerField(default=0, help_text="Pictures of the day's captures that are approved now")

    class Meta:
        abstract = True


class SpendByDimension(Spend):
    """A row for each combination that a report tells apart.

    Columns without constraints and never null: an upsert needs them unique, and a report joins few rows.
    """

    project = models.CharField(max_length=40, blank=True)
    member = models.BigIntegerField(default=0)
    api_key = models.CharField(max_length=40, blank=True)
    preset_version = models.BigIntegerField(default=0)
    model = models.CharField(max_length=40, blank=True)

    class Meta:
        abstract = True


class DailySpend(SpendByDimension):
    """What one day cost, for each combination."""

    day = models.DateField(help_text="In the account's time zone")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "day", "project", "member", "api_key", "preset_version", "model"],
                name="one_spend_a_day",
            )
        ]
        # A report sums up every row of its days: it takes them from the index alone.
        indexes = [
            models.Index(
                fields=[
                    *("team", "day", "project", "member", "api_key", "preset_version", "model"),
                    *("spent", "pictures", "approved"),
                ],
                name="spend_of_days",
            )
        ]

    def __str__(self) -> str:
        return f"{self.spent} on {self.day}"


class MonthlySpend(SpendByDimension):
    """The sum of a month's days, for each combination: a team's year is some thousand rows instead of a million."""

    month = models.DateField(help_text="Its first day, in the account's time zone")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "month", "project", "member", "api_key", "preset_version", "model"],
                name="one_spend_a_month",
            )
        ]

    def __str__(self) -> str:
        return f"{self.spent} in {self.month:%Y-%m}"


class DailyTotal(Spend):
    """What one day cost the whole team, for charts."""

    day = models.DateField(help_text="In the account's time zone")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "day"], name="one_total_a_day")]

    def __str__(self) -> str:
        return f"{self.spent} on {self.day}"
