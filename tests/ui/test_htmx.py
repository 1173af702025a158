"""One address, a page or a part of it: browsers and proxies are told that it depends on who asks."""

import pytest

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.projects.actions import add_project
from tests.conftest import browser_of

BEFORE = "01" + "0" * 24
IN_PARTS = [
    f"/products/?before={BEFORE}",
    f"/projects/?before={BEFORE}",
    f"/gallery/?before={BEFORE}",
    f"/batches/?before={BEFORE}",
    "/presets/?page=1",
    "/audit/?before=1",
    "/audit/1/",
    "/spend/ledger/?sums=1",
]


@pytest.mark.parametrize("address", IN_PARTS)
def test_a_part_is_never_taken_for_its_page(creator: Actor, ada: User, address: str) -> None:
    add_project(creator, name="Spring", brief="")
    browser = browser_of(ada)
    page, part = browser.get(address), browser.get(address, headers={"HX-Request": "true"})
    assert "<!doctype html>" in page.content.decode()
    assert "<!doctype html>" not in part.content.decode()
    assert [answer["Vary"].count("HX-Request") for answer in (page, part)] == [1, 1]
