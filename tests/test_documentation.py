"""What the README says is true."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "dashboard" / "settings.py").read_text()


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', SETTINGS))
    told = set(re.findall(r"^\| `([A-Z0-9_]+)`", README, re.MULTILINE))
    assert told == read


def test_every_option_of_up_is_documented() -> None:
    offered = set(re.findall(r'add_argument\("(--\w+)"', (ROOT / "dashboard/operations/start.py").read_text()))
    told = set(re.findall(r"^\| `(--\w+)", README, re.MULTILINE))
    assert told == offered


def test_files_that_are_linked_exist() -> None:
    linked = [target for target in re.findall(r"\]\(([^)]+)\)", README) if "://" not in target]
    assert linked
    assert all((ROOT / target).exists() for target in linked)
