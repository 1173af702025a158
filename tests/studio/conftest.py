from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from dashboard.accounts.models import User
from dashboard.projects.models import Product
from tests.conftest import browser_of

Press = Callable[..., HttpResponse]


@pytest.fixture
def browser(bob: User) -> Client:
    return browser_of(bob)


@pytest.fixture
def asked(mug: Product) -> dict[str, Any]:
    """A valid form."""
    return {
        "product": [mug.id],
        "scene": "write",
        "prompt": "{{product}} on white marble",
        "model": "nanobanana2",
        "aspect_ratio": ["1:1"],
        "num_images": "2",
    }


@pytest.fixture
def press(browser: Client, asked: dict[str, Any]) -> Press:
    """Bob presses the button, with changes to the valid form."""

    def post(*, script: bool = False, **changed: Any) -> Any:
        headers = {"HX-Request": "true"} if script else {}
        return browser.post("/generate/", asked | changed, headers=headers)

    return post
