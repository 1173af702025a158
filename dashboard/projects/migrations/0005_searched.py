"""Products and projects as they are searched, and SKUs as they are compared.

Where several had one SKU, each keeps it: the first holds it from now on, the others are marked as sharing it until
somebody gives them another.
"""

from importlib import import_module
from typing import Any

from django.db import migrations, models

folding = import_module("generation.migrations.0009_searched_prompts")


def fill(apps: Any, editor: Any) -> None:
    product, project = (apps.get_model("projects", name) for name in ("Product", "Project"))
    folding.write(
        editor,
        product.objects.only("pk", "name", "sku", "tags"),
        {
            "search_text": lambda row: folding.searchable(row.name, row.sku, *map(str, row.tags)),
            "tag_keys": lambda row: folding.tag_keys([str(tag) for tag in row.tags]),
            "sku_key": lambda row: folding.name_key(row.sku),
        },
    )
    folding.write(editor, project.objects.all(), {"search_text": lambda row: folding.searchable(row.name, row.brief)})
    named = product.objects.filter(archived_at=None).exclude(sku_key="")
    first = named.filter(team=models.OuterRef("team"), sku_key=models.OuterRef("sku_key"), pk__lt=models.OuterRef("pk"))
    named.filter(models.Exists(first)).update(sku_shared=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_orders_and_sign_in"),
        ("generation", "0009_searched_prompts"),
        ("projects", "0004_reading_of_sheets"),
    ]
    operations = [
        migrations.AddField("project", "search_text", models.TextField(default="", editable=False)),
        migrations.AddField("product", "search_text", models.TextField(default="", editable=False)),
        migrations.AddField("product", "tag_keys", models.TextField(default="", editable=False)),
        migrations.AddField("product", "sku_key", models.TextField(default="", editable=False)),
        migrations.AddField(
            "product",
            "sku_shared",
            models.BooleanField(
                default=False, editable=False, help_text="Another product had this SKU before SKUs were unique"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
