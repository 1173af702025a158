"""What the logs say of requests that were refused."""

import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from django.test import Client

from dashboard.operations.logs import WithoutTokens
from tests.test_access_table import BY_LINK


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the console shows."""
    console = next(one for one in logging.getLogger().handlers if isinstance(one.formatter, WithoutTokens))
    assert isinstance(console, logging.StreamHandler)
    before = console.setStream(StringIO())
    yield console.stream
    console.setStream(before)


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*BY_LINK, "accounts/password/reset/key/<token>/"])
def test_a_link_that_lets_in_whoever_has_it_is_not_kept(address: str, log: StringIO) -> None:
    Client().put("/" + address.replace("<token>", "1-let-me-in"))
    logging.getLogger("anything").warning("%s", f"http://testserver/{address.replace('<token>', '1-let-me-in')}?x=1")
    said = log.getvalue()
    assert "let-me-in" not in said
    assert said.count("/…") >= 1 and "/" + address.partition("<")[0] in said
