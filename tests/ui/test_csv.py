"""No text of anybody's is a formula in any file for spreadsheets, wherever it is opened.

The files come from the URL resolver, so one without a row here fails.
"""

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import given
from hypothesis import strategies as st

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.audit.record import record
from dashboard.members.keys import issue
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.models import ImportRow, Product, ProductImport, Project
from dashboard.studio.actions import JobSpec, start
from dashboard.ui.csv import guarded, line, unguarded
from generation.credits import ledger
from tests.conftest import browser_of

ROOT = Path(__file__).parent.parent.parent
SIGNS = "=+-@＝＋－＠"
EVIL = [
    *(f"{sign}1+1" for sign in SIGNS),
    *(f"{gap}=1+1" for gap in ("\t", "\r", "\n", " ", '"', "\ufeff", "\u200b")),
    *("a;=1+1", "a; -1", 'a;"=1+1"', "a;\t＝1", "a\n@1", "a\r+1", "a;b;c;=1", ";=1;", "'a;=1"),
]


@dataclass(frozen=True)
class Export:
    """Where people's texts stand in a file, and what stands in its other columns: numbers, times and our own words."""

    texts: Set[str]
    others: Set[str]


TABLE = {
    "products/import/<import_id>/left-out.csv": Export(
        {"name", "SKU", "image URL", "tags", "problem"}, {"further image URLs", "product", "line"}
    ),
    "batches/<batch_id>/jobs.csv": Export(
        {"Product", "SKU", "Preset", "Prompt", "Variables"},
        {"Job", "Version", "Model", "Shape", "Pictures requested", "State", "Credits", "Files", "Links", "Error"},
    ),
    "audit/log.csv": Export(
        {"who", "what", "action", "object", "before", "after"}, {"sequence", "time (UTC)", "kind", "address", "hash"}
    ),
    "spend/ledger.csv": Export(
        {"actor", "member", "api_key", "project", "preset", "reason"},
        {"entry", "time (UTC)", "kind", "granted", "held", "spent", "pictures", "job", "version", "model"},
    ),
    "spend/export.csv": Export(
        {"Project", "Member", "API key", "Preset"},
        {"Day (UTC)", "Version", "Model", "Credits", "Jobs", "Pictures", "Approved"},
    ),
}  # fmt: skip


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + re.sub(r"<\w+:", "<", str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern) and "csv" in route + entry.lookup_str:
            yield route


def test_every_file_for_spreadsheets_is_known_here() -> None:
    assert set(routes(get_resolver())) == set(TABLE)


def test_nobody_else_writes_them() -> None:
    sources = {path.relative_to(ROOT).as_posix(): path.read_text() for path in ROOT.glob("dashboard/**/*.py")}
    assert [name for name, text in sources.items() if "csv.writer" in text or "DictWriter" in text] == [
        "dashboard/ui/csv.py"
    ]
    serving = {name.rpartition("/")[0] for name, text in sources.items() if "text/csv;" in text}
    spend = {"dashboard/spend/ledger", "dashboard/spend/overview"}
    assert serving == {"dashboard/audit", "dashboard/projects", "dashboard/studio"} | spend


@pytest.fixture
def things(team: Team, alice: User, mug: Product) -> dict[str, str]:
    """What the addresses name."""
    batch = ProductImport.objects.create(team=team, member=alice, filename="spring.csv")
    return {"import_id": batch.pk, "alice": str(alice.pk)}


def poison(team: Team, alice: User, mug: Product, things: dict[str, str], evil: str) -> None:
    """Everybody writes ``evil`` wherever they can."""
    Product.objects.update(name=evil, sku=evil)
    User.objects.update(name=evil)
    alice.refresh_from_db()
    owner = Actor(team, Role.OWNER, user=alice)
    project = Project.objects.create(team=team, name=evil)
    version = PresetVersion.objects.create(
        preset=Preset.objects.create(team=team, name=evil), number=1, template="On marble"
    )
    mug.refresh_from_db()
    asked: dict[str, Any] = {"prompt": evil, "model": "nanobanana", "aspect_ratio": "4:3", "num_images": 1}
    spec = JobSpec(product=mug, project=project, preset_version=version, variables={evil: evil}, **asked)
    key = issue(owner, name=evil)[0]
    for acting in (owner, Actor(team, Role.CREATOR, api_key=key)):
        job = start(acting, specs=[spec]).jobs.get()
        ledger.capture(job=job, credits=5, pictures=1)
    things["batch_id"] = job.batch_id
    ledger.adjust(team_id=team.id, actor_id=alice.pk, granted=-7, reason=evil)
    record(owner, evil, evil, before={"name": evil}, after={"name": evil})
    record(owner, evil, evil, before=[evil], after=evil)
    texts = {"name": evil, "sku": evil, "url": evil, "tags": [evil], "message": evil}
    ImportRow.objects.create(batch_id=things["import_id"], line=2, state=ImportRow.State.BAD, **texts)


def opened(text: str, separator: str) -> list[list[str]]:
    """As a spreadsheet takes the file apart whose cells are separated so."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def runs(cell: str) -> bool:
    begins = re.sub(r"""^["\s\x00\u200b\ufeff]+""", "", cell)
    return begins.startswith(tuple(SIGNS)) and not re.fullmatch(r"-?\d+", cell)


def content(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    if getattr(answer, "is_async", False):
        return async_to_sync(collected)(answer.streaming_content).decode("utf-8-sig")
    return str(answer.getvalue().decode("utf-8-sig"))


async def collected(parts: AsyncIterator[bytes]) -> bytes:
    return b"".join([part async for part in parts])


@pytest.mark.parametrize("evil", ["=1+1", "＝1+1", "\t=1+1", 'a;"-1"', "'a\n@1"])
def test_no_cell_of_any_file_is_a_formula(
    team: Team, alice: User, mug: Product, things: dict[str, str], evil: str
) -> None:
    poison(team, alice, mug, things, evil)
    browser = browser_of(alice)
    for route, export in TABLE.items():
        text = content(browser, "/" + re.sub(r"<(\w+)>", lambda found: things[found[1]], route))
        header, *rows = opened(text, ",")
        assert set(header) == export.texts | export.others
        for separator in (",", ";", "\t"):
            assert [cell for row in opened(text, separator) for cell in row if runs(cell)] == [], (route, separator)
        shown = {name for row in rows for name, cell in zip(header, row, strict=True) if _holds(cell, evil)}
        assert shown == export.texts, route


def _holds(cell: str, evil: str) -> bool:
    """Whether the text stands in a cell as it was, in JSON too, but for the guard."""
    plain = unguarded(cell)
    return evil in plain or json.dumps(evil)[1:-1] in plain


@pytest.mark.parametrize("evil", EVIL)
def test_no_form_of_a_formula_passes(evil: str) -> None:
    text = line(["Mug", evil, 5, evil]) + line([evil])
    assert not [cell for separator in ",;\t" for row in opened(text, separator) for cell in row if runs(cell)]
    assert [list(map(unguarded, row)) for row in opened(text, ",")] == [["Mug", evil, "5", evil], [evil]]


def test_a_number_of_ours_stays_one() -> None:
    assert line([-7, "-7", 5]) == """-7,"'-7",5\r\n"""


@given(st.text(alphabet="=+-@'\"; \t\r\na,＝\ufeff\x00"))
def test_what_was_written_can_be_had_again(text: str) -> None:
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["'tis", "it's", "O'Neill; Sons", "a-b", "5 - 3", "a;b", "x=1; y=2", "1;2"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text
