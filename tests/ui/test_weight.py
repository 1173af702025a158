import gzip
import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from tests.ui.markup import TEMPLATES

STATIC = Path(settings.ROOT, "static")


def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))


def test_styles_and_scripts_of_all_pages_weigh_at_most_80_kb() -> None:
    htmx = finders.find("django_htmx/htmx-2.min.js")
    assert htmx
    ours = [*STATIC.rglob("*.css"), *STATIC.rglob("*.js")]
    assert len(ours) > 20
    assert sum(map(compressed, [*ours, Path(htmx)])) <= 80 * 1024


def test_every_style_is_in_a_layer() -> None:
    for sheet in STATIC.rglob("*.css"):
        bare = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL).strip()
        assert bare.startswith("@layer"), f"{sheet.name}: put everything inside a cascade layer."


def test_templates_link_only_static_files_that_exist() -> None:
    for path in TEMPLATES.rglob("*.html"):
        for name in re.findall(r"""{% static ['"]([^'"|]+)['"] %}""", path.read_text()):
            assert finders.find(name), f"{path.name} links {name}, which does not exist."
