"""Rules of the code base that a reader relies on; which module may import which stands in ``pyproject.toml``."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*ROOT.glob("dashboard/**/*.py"), *ROOT.glob("generation/**/*.py")])


def imports(path: Path) -> list[tuple[str, int]]:
    """Names of first-party modules that a file imports, with their indentation."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(name.name, node.col_offset) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(f"{node.module}.{name.name}", node.col_offset) for name in node.names]
    return [(name, column) for name, column in found if name.split(".")[0] in {"dashboard", "generation"}]


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
