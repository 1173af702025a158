import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("projects", "0003_import_tries")]

    dependencies = [
        ("generation", "0002_jobs_and_credits"),
        ("projects", "0001_projects_and_products"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="cover",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="generation.image",
            ),
        ),
    ]
