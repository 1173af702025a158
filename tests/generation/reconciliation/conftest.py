from collections.abc import Callable

import pytest
from pytest_httpserver import HTTPServer

from generation.models import Connection, Job
from generation.reconciliation import readings
from tests.generation.reconciliation.books import Business, Provider


@pytest.fixture
def provider(httpserver: HTTPServer) -> Provider:
    return Provider(httpserver)


@pytest.fixture
def business(order: Callable[..., Job], provider: Provider, connection: Connection) -> Business:
    """Work that goes on after a first, quiet reading."""
    business = Business(order, provider)
    readings.check(connection)
    return business
