"""The web server's way in. Of requests that come together a few are answered at a time, in their order."""

import os

import django
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from dashboard.operations.gates import GatePlace, Gates
from generation.network.deadline import surroundings


class Application(ASGIHandler):
    def __init__(self) -> None:
        super().__init__()
        self._gates = Gates()

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Only the view waits its turn: a body that comes or leaves slowly keeps nobody out."""
        place = GatePlace(self._gates, request.path_info)
        await place.take()
        before = surroundings.set(place.outside)
        try:
            return await super().get_response_async(request)
        finally:
            surroundings.reset(before)
            place.end()


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
django.setup()
application = Application()
