from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0002_growth")]

    operations = [
        migrations.AddField(
            model_name="sandboxjob",
            name="product",
            field=models.CharField(
                blank=True, default="", help_text="Name of the uploaded photo; its words are no scene's", max_length=200
            ),
        ),
    ]
