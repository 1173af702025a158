from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now


def fill(apps, schema_editor):
    """What ended is booked on the attempt that was accepted last, as it was until now; what runs starts its clocks."""
    Attempt, Job = apps.get_model("generation", "Attempt"), apps.get_model("generation", "Job")
    LedgerEntry = apps.get_model("generation", "LedgerEntry")
    accepted = Attempt.objects.filter(outcome="accepted")
    accepted.update(accepted_at=models.F("created_at"))
    later = accepted.filter(job=OuterRef("job"), id__gt=OuterRef("id"))
    last = accepted.filter(~models.Exists(later), job__hold__resolved_at__isnull=False)
    paid = LedgerEntry.objects.filter(job=OuterRef("job"), kind="capture").order_by().values("spent")[:1]
    last.update(charge=Coalesce(Subquery(paid), 0))
    Attempt.objects.filter(charge=None, outcome__in=["accepted", "unknown"], job__state="needs_review").update(due_at=Now())
    Job.objects.filter(state__in=["rendered", "storing"]).update(rendered_at=Now())


class Migration(migrations.Migration):

    dependencies = [
        ('generation', '0015_notes_of_pauses'),
    ]

    operations = [
        migrations.AddField('job', 'rendered_at', models.DateTimeField(blank=True, help_text='When we heard that its pictures are made', null=True)),
        migrations.AddField('attempt', 'accepted_at', models.DateTimeField(blank=True, help_text='When we heard that the provider has it', null=True)),
        migrations.AddField('attempt', 'due_at', models.DateTimeField(blank=True, help_text='When the machine looks for it next, while its job does not wait for it', null=True)),
        migrations.AddField('attempt', 'charge', models.PositiveIntegerField(blank=True, help_text='Credits that the ledger has for it; empty until we hear that it ended', null=True)),
        migrations.AddField('attempt', 'candidates', models.JSONField(blank=True, default=list, help_text="What the provider's list shows that may be its job, for a person to choose")),
        migrations.AddIndex('attempt', models.Index(condition=Q(('due_at__isnull', False)), fields=['due_at'], name='attempt_due')),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
