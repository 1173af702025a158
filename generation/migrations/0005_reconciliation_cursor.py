from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("generation", "0004_each_attempt_ends")]
    operations = [migrations.RenameModel("JobList", "ReconciliationCursor")]
