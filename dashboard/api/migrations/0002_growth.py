from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_people_and_teams"),
        ("api", "0001_caller_deliveries"),
        ("generation", "0002_jobs_and_credits"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="callerdelivery",
            index=models.Index(
                condition=models.Q(("due_at__isnull", True)), fields=["created_at"], name="caller_delivery_over"
            ),
        ),
    ]
