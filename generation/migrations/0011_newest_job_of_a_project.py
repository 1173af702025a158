"""The index that finds a project's jobs also finds the newest of them."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("generation", "0010_jobs_say_that_their_end_is_untold")]

    operations: ClassVar = [
        migrations.RemoveIndex(model_name="job", name="job_of_project"),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("project__isnull", False)), fields=["project", "-id"], name="job_of_project"
            ),
        ),
    ]
