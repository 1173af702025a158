"""Presets as they are searched."""

from importlib import import_module
from typing import Any

from django.db import migrations, models

folding = import_module("generation.migrations.0009_searched_prompts")


def fill(apps: Any, editor: Any) -> None:
    folding.write(
        editor,
        apps.get_model("presets", "Preset").objects.select_related("current"),
        {
            "search_text": lambda row: folding.searchable(
                row.name, row.description, *map(str, row.tags), row.current.template if row.current else ""
            ),
            "tag_keys": lambda row: folding.tag_keys([str(tag) for tag in row.tags]),
        },
    )


class Migration(migrations.Migration):
    dependencies = [("generation", "0009_searched_prompts"), ("presets", "0001_presets")]
    operations = [
        migrations.AddField("preset", "search_text", models.TextField(default="", editable=False)),
        migrations.AddField("preset", "tag_keys", models.TextField(default="", editable=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
