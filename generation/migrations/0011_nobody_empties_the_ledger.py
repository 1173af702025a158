from django.db import migrations

from generation.append_only import protected_anew


class Migration(migrations.Migration):
    dependencies = [("generation", "0010_somebody_pauses")]
    operations = [protected_anew("generation_ledgerentry")]
