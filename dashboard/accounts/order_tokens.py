"""Forms that order something: a press of the same button of the same page, as it stood, is one order.

Each page carries a token of its own (``{% order_token %}``), so the same may be ordered again from the page that
comes next, or from a second tab. The token counts together with what the form holds: whoever goes back and changes
the form orders anew.

A form without a token (a script's, or of a page from before there were any) is a new order, as holds and caps bound
what it may take. Where nothing else bounds it, when credits are given or corrected by hand, it is refused: ``MISSING``.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from dashboard.accounts import idempotency
from dashboard.accounts.idempotency import Made, Order
from dashboard.accounts.models import User
from dashboard.ui.htmx import HtmxRequest

FIELD = "order"
"""The name of the hidden input."""
MISSING = "Open this form again before you send it."
_TOKEN = re.compile(r"[\w-]{16,64}")
Rest = ParamSpec("Rest")
View = Callable[Concatenate[HtmxRequest, Rest], HttpResponseBase]


def new_token() -> str:
    return secrets.token_urlsafe(16)


def token_in(posted: Mapping[str, Any]) -> str:
    """The token that a form says; empty for none."""
    token = str(posted.get(FIELD, ""))
    return token if _TOKEN.fullmatch(token) else ""


def order_of(request: HttpRequest) -> Order | None:
    """What a signed-in person's form orders; ``None`` for one that says no token."""
    token = token_in(request.POST)
    if not token or not isinstance(request.user, User):
        return None
    digest = _digest(request)
    return Order(scope=f"user:{request.user.pk}", key=f"{token}:{digest}", digest=digest)


def _digest(request: HttpRequest) -> str:
    said = hashlib.sha256(json.dumps([request.get_full_path(), *_fields(request), *_files(request)]).encode())
    return said.hexdigest()


def _fields(request: HttpRequest) -> Iterator[list[object]]:
    for name, values in sorted(request.POST.lists()):
        if name not in {FIELD, "csrfmiddlewaretoken"}:
            yield [name, values]


def _files(request: HttpRequest) -> Iterator[list[object]]:
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            content = hashlib.sha256()
            for chunk in file.chunks():
                content.update(chunk)
            file.seek(0)
            yield [name, file.name, content.hexdigest()]


class _Refused(Exception):
    """Undoes the transaction of an order that the view did not carry out."""

    def __init__(self, answer: HttpResponseBase) -> None:
        super().__init__()
        self.answer = answer


def ordered_once(view: "View[Rest]") -> "View[Rest]":
    """Answer the same press again with the redirect, and its messages, by which it was answered first.

    For views that redirect once they have done what was ordered, and call nobody meanwhile. Any other answer, and a
    redirect that says what is wrong, is a refusal: nothing is kept of it.
    """

    @wraps(view)
    def seen(request: HtmxRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        order = order_of(request) if request.method == "POST" else None
        if order is None:
            return view(request, *args, **kwargs)
        answers: list[HttpResponseBase] = []

        def make() -> Made:
            unread = len(messages.get_messages(request))
            answers.append(view(request, *args, **kwargs))
            return _as_made(answers[0], told=_told(request)[unread:])

        try:
            made = idempotency.made_before(order) or idempotency.once(order, make)[0]
        except _Refused as refused:
            return refused.answer
        return answers[0] if answers else _again(request, made)

    return seen


def _told(request: HttpRequest) -> list[tuple[int, str]]:
    """The messages that wait to be shown, by level and text."""
    waiting = messages.get_messages(request)
    told = [(message.level, str(message)) for message in waiting]
    if isinstance(waiting, BaseStorage):
        waiting.used = False  # to look at them is not to show them
    return told


def _as_made(answer: HttpResponseBase, *, told: list[tuple[int, str]]) -> Made:
    if not isinstance(answer, HttpResponseRedirect) or any(level >= messages.ERROR for level, _ in told):
        raise _Refused(answer)
    return {"url": answer.url, "messages": told}


def _again(request: HttpRequest, made: Made) -> HttpResponse:
    for level, text in made["messages"]:
        messages.add_message(request, level, text)
    return HttpResponseRedirect(made["url"])
