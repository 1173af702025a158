"""What keeps a picture that is paid for from being shown whole. Those that are there have none: others were refused."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("generation", "0007_job_states_without_labels")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="image",
            name="flaw",
            field=models.CharField(
                blank=True,
                choices=[
                    ("incomplete", "Incomplete"),
                    ("undecodable", "Undecodable"),
                    ("empty", "Empty"),
                    ("too_large", "Too large"),
                ],
                default="",
                help_text="What keeps it from being shown whole",
                max_length=12,
            ),
        ),
    ]
