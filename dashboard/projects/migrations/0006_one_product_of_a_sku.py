"""One product in the library for each SKU. PostgreSQL makes no index in the transaction that filled its columns."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_searched")]
    operations = [
        migrations.AddConstraint(
            "product",
            models.UniqueConstraint(
                fields=["team", "sku_key"],
                condition=models.Q(archived_at__isnull=True, sku_shared=False) & ~models.Q(sku_key=""),
                name="sku_in_library_once",
            ),
        ),
    ]
