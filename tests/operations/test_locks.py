"""The lock files: everything pinned and hashed, no addresses, tests on top of exactly what users get."""

import re

import pytest

from tests.operations.running import ROOT

NAME = re.compile(r"^[A-Za-z0-9._-]+")


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^(\S+==.*?) \\$", (ROOT / lock).read_text(), re.MULTILINE))


def wanted(source: str) -> set[str]:
    lines = (ROOT / source).read_text().splitlines()
    return {match[0].lower() for line in lines if (match := NAME.match(line)) and not line.startswith("-")}


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_with_hashes_and_without_an_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"^\S+==\S+", block), block
        assert "--hash=sha256:" in block, block
    assert "://" not in text
    assert "index" not in text


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_everything_asked_for_is_locked(name: str) -> None:
    locked = {pin.partition("==")[0] for pin in pins(f"{name}.txt")}
    assert wanted(f"{name}.in") <= locked


def test_tests_run_on_exactly_what_users_install() -> None:
    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_users_install_no_tools_of_tests() -> None:
    assert not {pin.partition("==")[0] for pin in pins("requirements.txt")} & wanted("requirements-dev.in")
