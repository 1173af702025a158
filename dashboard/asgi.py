"""The web server's way in. Of requests that come together a few are answered at a time, in their order."""

import asyncio
import os

import django
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

AT_ONCE = 12
"""Views that run at the same time. Each has a thread and a connection to the database, of which there are 16: a
thousand of them would stand in each other's way until most had waited too long and failed."""


class Application(ASGIHandler):
    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Semaphore(AT_ONCE)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Only the view waits its turn: a body that comes or leaves slowly keeps nobody out."""
        async with self.gate:
            return await super().get_response_async(request)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
django.setup()
application = Application()
