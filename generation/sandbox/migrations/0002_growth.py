from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sandbox", "0001_provider"),
    ]

    operations = [
        migrations.AddField(
            model_name="sandboxjob",
            name="cleared_at",
            field=models.DateTimeField(
                blank=True, help_text="Its files and words are gone; its price stays", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("due_at__isnull", True)), fields=["created_at"], name="sandbox_deliveries_over"
            ),
        ),
        migrations.AddIndex(
            model_name="sandboxjob",
            index=models.Index(
                condition=models.Q(("cleared_at__isnull", True)), fields=["ended_at"], name="sandbox_jobs_to_clear"
            ),
        ),
    ]
