"""A job of the API marks its own end, so that whoever tells callers need not ask the jobs that still run."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("generation", "0009_searched_prompts")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="job",
            name="is_end_untold",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="It ended since whoever gave the webhook URL was last told",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("is_end_untold", True)), fields=["id"], name="job_end_untold"
            ),
        ),
    ]
