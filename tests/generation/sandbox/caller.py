from collections.abc import Callable
from typing import Any

from django.test import Client

from generation.sandbox.models import SandboxJob


class Caller:
    """A customer's script: every call carries its key."""

    def __init__(self, key: str) -> None:
        self._client = Client(headers={"Authorization": f"Bearer {key}"})

    def get(self, path: str, **query: object) -> Any:
        return self._client.get(f"/sandbox{path}", query)

    def post(self, path: str, body: object, **headers: str) -> Any:
        return self._client.post(f"/sandbox{path}", body, content_type="application/json", headers=headers)

    def put(self, path: str, body: object) -> Any:
        return self._client.put(f"/sandbox{path}", body, content_type="application/json")

    def upload(self, fields: dict[str, object]) -> Any:
        return self._client.post("/sandbox/v1/training-asset", fields)


Submit = Callable[..., SandboxJob]
Finish = Callable[[SandboxJob], SandboxJob]
