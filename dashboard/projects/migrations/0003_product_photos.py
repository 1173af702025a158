"""Products have several photos: each gets a row for the one that it has."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

PORTION = 1_000


def fill(apps: Any, schema_editor: Any) -> None:
    """Ids sort by time, so each portion begins after the one before."""
    product, photo = (apps.get_model("projects", name) for name in ("Product", "ProductPhoto"))
    last = ""
    while rows := list(product.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "asset")[:PORTION]):
        photo.objects.bulk_create(photo(product_id=pk, asset_id=asset, place=0) for pk, asset in rows)
        last = rows[-1][0]


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0001_connections_and_photos"),
        ("projects", "0002_project_cover"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photos",
                        to="projects.product",
                    ),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="product_photos",
                        to="generation.asset",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(help_text="Where it stands among the product's photos")),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="What tells it from the others, such as a colour", max_length=120
                    ),
                ),
                (
                    "source",
                    models.CharField(blank=True, help_text="The address that it was imported from", max_length=2000),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["product", "place"], name="photo_of_product_by_place")],
                "constraints": [models.UniqueConstraint(fields=("product", "asset"), name="photo_of_product_once")],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
