"""What an event says of people goes under its hash as a salted digest.

The columns are nullable, so that SQLite adds them without making the table anew and its triggers stay. Events from
before keep their hashes.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only_events")]
    operations = [
        migrations.AddField(
            "auditevent",
            "salt",
            models.BinaryField(
                max_length=16, null=True, help_text="Goes with what the event says of people"
            ),
        ),
        migrations.AddField(
            "auditevent",
            "people_digest",
            models.BinaryField(
                max_length=32, null=True, help_text="Stands for that, salted, under the hash"
            ),
        ),
    ]
