from django.db import migrations, models


class Migration(migrations.Migration):
    """What people read of a state is not the database's: this runs no SQL."""

    dependencies = [("generation", "0006_gallery_counts")]

    operations = [
        migrations.AlterField(
            model_name="job",
            name="state",
            field=models.CharField(default="queued", help_text="One of JobState", max_length=12),
        )
    ]
