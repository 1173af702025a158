"""The rules of the code base that a reader relies on."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*ROOT.glob("dashboard/**/*.py"), *ROOT.glob("generation/**/*.py")])
ORDER = [
    "models",
    "caps",
    "rollup",
    "recount",
    "ledger",
    "jobs",
    "connections",
    "dispatch",
    "submission",
    "matching",
    "settlement",
    "sweep",
    "ingest",
    "tasks",
    "webhooks",
]


def imports(path: Path) -> list[tuple[str, int]]:
    """Names of first-party modules that a file imports, with their indentation."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(name.name, node.col_offset) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(f"{node.module}.{name.name}", node.col_offset) for name in node.names]
    return [(name, column) for name, column in found if name.split(".")[0] in {"dashboard", "generation"}]


@pytest.mark.parametrize("path", sorted(ROOT.glob("generation/**/*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_generation_never_imports_dashboard(path: Path) -> None:
    assert not [name for name, _ in imports(path) if name.startswith("dashboard")]


TO_THE_OUTSIDE = ["addresses", "contract", "client", "provider_answers", "fetch", "media", "deadline", "outgoing"]


@pytest.mark.parametrize("name", TO_THE_OUTSIDE)
def test_what_talks_to_the_outside_knows_no_models(name: str) -> None:
    used = [name for name, _ in imports(ROOT / "generation" / f"{name}.py")]
    assert not [module for module in used if ".models" in module or "sandbox" in module]


@pytest.mark.parametrize("position", range(len(ORDER)), ids=ORDER)
def test_imports_inside_generation_go_one_way(position: int) -> None:
    later = {f"generation.{name}" for name in ORDER[position + 1 :]}
    place = ROOT / "generation" / ORDER[position]
    used = [
        found
        for path in (place.glob("*.py") if place.is_dir() else [place.with_suffix(".py")])
        for found in imports(path)
    ]
    assert not [name for name, _ in used if name in later or name.rpartition(".")[0] in later]


def test_every_request_goes_out_by_the_one_way_that_decides_on_its_address() -> None:
    ways = re.compile(
        r"\bSession\(|requests\.(get|post|put|request)\(|urlopen|HTTPAdapter\b|PoolManager\(|import (httpx|aiohttp)"
    )
    found = {path.relative_to(ROOT).as_posix() for path in SOURCES if ways.search(path.read_text())}
    assert found == {"generation/network/addresses.py", "generation/network/deadline.py"}
    looking = {path.relative_to(ROOT).as_posix() for path in SOURCES if "getaddrinfo" in path.read_text()}
    assert looking == {"generation/network/addresses.py", "dashboard/operations/start.py"}


def test_no_import_hides_in_a_function() -> None:
    hidden = [(path.name, name) for path in SOURCES for name, column in imports(path) if column]
    assert hidden == []


def test_only_the_sandbox_and_settings_know_the_sandbox() -> None:
    outside = [path for path in ROOT.glob("generation/*.py") for name, _ in imports(path) if "sandbox" in name]
    assert outside == []
