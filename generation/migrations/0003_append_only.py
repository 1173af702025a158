from django.db import migrations

from generation.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("generation", "0002_initial")]
    operations = [append_only("generation_ledgerentry")]
