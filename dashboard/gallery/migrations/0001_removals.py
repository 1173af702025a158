import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_people_and_teams"),
    ]

    operations = [
        migrations.CreateModel(
            name="Removal",
            fields=[
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="removal",
                        serialize=False,
                        to="accounts.team",
                    ),
                ),
                ("announced_at", models.DateTimeField(help_text="When the rule was made that holds now")),
                ("not_before", models.DateTimeField(help_text="The night that whoever made it was told of")),
                (
                    "due_since",
                    models.DateTimeField(blank=True, help_text="When a look first found that it is time", null=True),
                ),
                (
                    "came_on",
                    models.DateField(
                        blank=True, help_text="The last day on which pictures went, where the team is", null=True
                    ),
                ),
            ],
        ),
    ]
