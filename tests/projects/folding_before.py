"""A program: makes rows as they were before there were folded texts, migrates, and looks at what they have now."""

from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from dashboard.presets.models import Preset  # noqa: E402
from dashboard.projects.models import Product, Project  # noqa: E402
from generation.models import Job  # noqa: E402
from generation.text import fold_for_uniqueness, searchable  # noqa: E402

BEFORE = ("generation", "0008_picture_flaws")
NAME = "MARBRE Élégant\u200b, ｶﾞﾗｽ “l’œuf” ❤️"
SKUS = ["A-1", "a-1", "Ａ－１", "", "", "B-1", "B-1"]
NAMES = {
    "accounts": ["Team"],
    "projects": ["Project", "Product"],
    "presets": ["Preset", "PresetVersion"],
    "generation": ["Asset", "Connection", "Batch", "Job"],
}


def migrate(*, to: tuple[str, str] | None) -> Any:
    """The models of that time."""
    executor = MigrationExecutor(connection)
    return executor.migrate([to] if to else executor.loader.graph.leaf_nodes()).apps


def write(old: Any) -> None:
    made = {name: old.get_model(app, name).objects for app, names in NAMES.items() for name in names}
    team = made["Team"].create(id="team_1", name="Northwind")
    asset = made["Asset"].create(id="asset_1", team=team, size=1, width=1, height=1)
    for place, sku in enumerate(SKUS):
        made["Product"].create(id=f"prod_{place}", team=team, name=NAME, sku=sku, tags=["Été", "Bär"], asset=asset)
    made["Product"].filter(id="prod_5").update(archived_at="2026-11-01T00:00Z")
    made["Project"].create(id="proj_1", team=team, name=NAME, brief="Für Ärmel")
    preset = made["Preset"].create(id="preset_1", team=team, name="Élan", tags=["Été"])
    preset.current = made["PresetVersion"].create(preset=preset, number=1, template="Sur l’ardoise")
    preset.save()
    line = made["Connection"].create(id="conn_1", team=team, base_url="http://127.0.0.1:9/v1")
    batch = made["Batch"].create(id="batch_1", team=team)
    alike = {"team": team, "batch": batch, "connection": line, "product_id": "prod_0", "asset": asset, "price": 1}
    jobs = (made["Job"].model(id=f"job_{n:05}", prompt=f"{NAME} {n}", **alike) for n in range(2_001))
    made["Job"].bulk_create(jobs, batch_size=500)


def look() -> None:
    for product in Product.objects.all():
        assert product.search_text == searchable(NAME, product.sku, "Été", "Bär")
        assert (product.tag_keys, product.sku_key) == ("\nété\nbär\n", fold_for_uniqueness(product.sku))
    shared = Product.objects.filter(sku_shared=True).order_by("pk").values_list("pk", flat=True)
    assert list(shared) == ["prod_1", "prod_2"]
    assert Project.objects.get().search_text == searchable(NAME, "Für Ärmel")
    assert Preset.objects.get().search_text == searchable("Élan", "Été", "Sur l’ardoise")
    assert Job.objects.count() == 2_001
    assert all(job.search_text == searchable(job.prompt) for job in Job.objects.all())


if __name__ == "__main__":
    write(migrate(to=BEFORE))
    migrate(to=None)
    look()
