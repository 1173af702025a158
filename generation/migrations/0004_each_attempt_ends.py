from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, Now


def fill(apps: Any, editor: Any) -> None:
    """What ended is booked on the attempt that was accepted last, as it was until now; what runs starts its clocks."""
    Attempt, Job = apps.get_model("generation", "Attempt"), apps.get_model("generation", "Job")
    LedgerEntry = apps.get_model("generation", "LedgerEntry")
    accepted = Attempt.objects.filter(outcome="accepted")
    accepted.update(accepted_at=models.F("created_at"))
    later = accepted.filter(job=OuterRef("job"), id__gt=OuterRef("id"))
    last = accepted.filter(~models.Exists(later), job__hold__resolved_at__isnull=False)
    paid = LedgerEntry.objects.filter(job=OuterRef("job"), kind="capture").order_by().values("spent")[:1]
    last.update(charge=Coalesce(Subquery(paid), 0))
    Attempt.objects.filter(charge=None, outcome__in=["accepted", "unknown"], job__state="needs_review").update(
        due_at=Now()
    )
    Job.objects.filter(state__in=["rendered", "storing"]).update(rendered_at=Now())


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0003_append_only_ledger"),
    ]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="accepted_at",
            field=models.DateTimeField(blank=True, help_text="When we heard that the provider has it", null=True),
        ),
        migrations.AddField(
            model_name="attempt",
            name="answer",
            field=models.TextField(blank=True, help_text="What the provider said that could not be used, as it came"),
        ),
        migrations.AddField(
            model_name="attempt",
            name="candidates",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="What the provider's list shows that may be its job, for a person to choose",
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="charge",
            field=models.PositiveIntegerField(
                blank=True, help_text="Credits that the ledger has for it; empty until we hear that it ended", null=True
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="due_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the machine looks for it next, while its job does not wait for it",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="connection",
            name="moved_at",
            field=models.DateTimeField(blank=True, help_text="Since when it leads to its present account", null=True),
        ),
        migrations.AddField(
            model_name="discrepancy",
            name="found_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="job",
            name="rendered_at",
            field=models.DateTimeField(blank=True, help_text="When we heard that its pictures are made", null=True),
        ),
        migrations.AlterField(
            model_name="discrepancy",
            name="job",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="discrepancies",
                to="generation.job",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="attempt_due"),
        ),
        migrations.AddIndex(
            model_name="discrepancy",
            index=models.Index(condition=models.Q(("job__isnull", False)), fields=["job"], name="discrepancy_of_job"),
        ),
        migrations.AddIndex(
            model_name="discrepancy",
            index=models.Index(fields=["provider_job_id"], name="discrepancy_of_provider_job"),
        ),
        migrations.AddIndex(
            model_name="discrepancy",
            index=models.Index(
                condition=models.Q(("job__isnull", True)), fields=["found_at"], name="discrepancy_of_others"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["received_at"], name="delivery_by_age"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
