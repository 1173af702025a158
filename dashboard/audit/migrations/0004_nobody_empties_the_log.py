from django.db import migrations

from generation.append_only import protected_anew


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_chain")]
    operations = [protected_anew("audit_auditevent")]
