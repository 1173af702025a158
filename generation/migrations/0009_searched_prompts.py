"""Prompts as they are searched. What folds texts is frozen here, for the migrations of the dashboard too."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django.db import migrations, models

PORTION = 1_000
_IGNORED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_SURROGATES = "\ud800-\udfff"
_MARKS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # on Latin, Greek and Cyrillic letters
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew points
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"  # Arabic vowels
    f"{_IGNORED}{_SURROGATES}]"
)
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼʻʹ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x2800)), " "),
        "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
    }
)  # fmt: skip
_UNSEEN = re.compile(f"[{_IGNORED}{_SURROGATES}]")
_WIDTH = {
    code: chr(int(form.rpartition(" ")[2], 16))
    for code in (0x3000, *range(0xFF00, 0xFFF0))
    if (form := unicodedata.decomposition(chr(code))).startswith(("<wide>", "<narrow>"))
}


def searchable(*texts: str) -> str:
    return "\n".join(filter(None, map(_folded, texts)))


def _folded(text: str) -> str:
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKD", text.replace("´", "'")).casefold()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", folded)).translate(_ALIKE)
    return " ".join(unicodedata.normalize("NFC", bare).split())


def name_key(text: str) -> str:
    kept = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    apart = unicodedata.normalize("NFD", kept.translate(_WIDTH)).casefold()
    return " ".join(unicodedata.normalize("NFC", apart).split())


def tag_keys(tags: list[str]) -> str:
    keys = "\n".join(filter(None, map(name_key, tags)))
    return f"\n{keys}\n" if keys else ""


def write(editor: Any, rows: Any, columns: dict[str, Callable[[Any], str]]) -> None:
    """Give each row its ``columns``, a portion at a time; keys sort, so each portion begins after the one before."""
    table = editor.quote_name(rows.model._meta.db_table)
    values = ", ".join(f"{editor.quote_name(name)} = %s" for name in columns)
    last: Any = None
    while found := list((rows.filter(pk__gt=last) if last is not None else rows).order_by("pk")[:PORTION]):
        given = [(*(fold(row) for fold in columns.values()), row.pk) for row in found]
        with editor.connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {table} SET {values} WHERE id = %s", given)  # noqa: S608
        last = found[-1].pk


def fill(apps: Any, editor: Any) -> None:
    jobs = apps.get_model("generation", "Job").objects.only("pk", "prompt")
    write(editor, jobs, {"search_text": lambda job: searchable(job.prompt)})


class Migration(migrations.Migration):
    dependencies = [("generation", "0008_picture_flaws")]
    operations = [
        migrations.AddField("job", "search_text", models.TextField(default="", editable=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
