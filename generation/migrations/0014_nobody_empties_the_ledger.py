from django.db import migrations

from generation.append_only import protected_anew


class Migration(migrations.Migration):
    dependencies = [("generation", "0013_a_warning_is_seen_when_it_is_told")]
    operations = [protected_anew("generation_ledgerentry")]
