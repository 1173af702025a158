"""To the identity provider and back. What allauth does not expect of a provider is said in words, too."""

import logging
from collections.abc import Callable
from functools import wraps

from allauth.socialaccount.providers.openid_connect import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

from generation.network.addresses import AddressRefused
from generation.network.deadline import deadline

log = logging.getLogger(__name__)
SECONDS = 20.0
"""How long the provider may take with all that is asked of it, while somebody waits."""
View = Callable[[HttpRequest, str], HttpResponse]


def _in_words(view: View) -> View:
    """A provider that is away, or whose answers lack what they must have, or lead where nothing is sent."""

    @wraps(view)
    def seen(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            with deadline(SECONDS):
                return view(request, provider_id)
        except (RequestException, AddressRefused, KeyError, ValueError) as error:
            log.warning("The identity provider gave no usable answer: %r", error)
            return render(request, "socialaccount/authentication_error.html", status=502)

    return seen


login = _in_words(views.login)
callback = _in_words(views.callback)
