"""What an event says, folded for search. Nullable, so that SQLite adds the column and the triggers stay.

Events from before cannot be changed, and are searched as they were.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_digests_of_people")]
    operations = [
        migrations.AddField(
            "auditevent",
            "search_text",
            models.TextField(null=True, help_text="All that it says, folded; events from before have none"),
        ),
    ]
