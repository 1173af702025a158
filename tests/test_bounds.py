"""Whatever stands in an address or a form, the answer is no fault and takes about the work of an ordinary one.

The parameters are those that a view looks at while it answers an ordinary request, so a new one cannot be forgotten.
Work is counted in statements, in the length of what the database is told, and in processor time.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from django import forms
from django.contrib.admin import site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Model
from django.http import HttpResponse, QueryDict
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.utils.datastructures import MultiValueDict

from dashboard.projects.models import Product
from tests.pictures import photo
from tests.test_access_table import API, BY_LINK, CASES, NAMES, OPEN, WISH, addresses
from tests.world import World, as_it_was, made

LONG = 16 * 1024
TIMES = 20
"""How much more than an ordinary request may be done."""
AT_LEAST = {"statements": 10, "letters": 60_000, "seconds": 1.0}
"""What is never too much, however little the ordinary request takes."""

WORDS = "ab " * (LONG // 3)
STRANGE = {
    "one long word": "a" * LONG,
    "ten to the thirtieth": f"1{'0' * 30}",
    "sixteen thousand digits": "9" * LONG,
    "minus one": "-1",
    "the last day": "9999-12-31",
    "the first day": "0001-01-01",
    "the last month": "9999-12",
    "a null character": "x\0y",
    "half a pair": b"x\xed\xa0\x80y",
    "not a number": "NaN",
    "patterns": "((((a+)+)+)+$ %_%_ \\ {{ {% {{{{",
}
MANY = 5_000
BODIES = {
    "generate/": WISH,
    "generate/quote/": WISH,
    "presets/new/": "name=Linen&template=On {{cloth}}&category=custom&visibility=team&model=nanobanana2"
    "&aspect_ratio=1:1&num_images=1&v-0-name=cloth&v-0-kind=text&v-0-label=Cloth",
    "settings/brand/": "prefix=Photograph&c-0-name=Sage&c-0-value=%238aa887",
    "spend/caps/": "whose=team&period=month&credits=5&warn_at=80",
    "spend/ledger/adjust/": "figure=spent&credits=1&reason=So&opened=2026-11-22T12:00:00Z",
    "gallery/<picture_id>/review/": "verdict=rejected",
    "jobs/<job_id>/resolve/": "choice=retry",
    "spend/caps/<cap_id>/raise/": "credits=5&until=2026-12-31",
    "accounts/login/": "login=alice@example.com&password=wrong",
    "accounts/signup/": "email=dora@example.com&password1=short",
    "accounts/password/reset/": "email=alice@example.com",
}
QUERIES = {"spend/what-if/": "rows=1&0-whose=team&0-period=month&0-credits=5"}
CALLING_OUT = {"settings/connection/test/", "spend/provider/check/", "presets/import/provider/"}
"""They ask the provider, and look at no parameter."""


PASSWORDS = {"password", "password1", "password2", "oldpassword"}
"""Hashed whole, in the time that one of eight letters takes; the bound of the whole form is theirs."""


def all_forms(known: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    """Our own, as far as the addresses lead to them."""
    get_resolver().url_patterns  # noqa: B018 (loads the views and their forms)
    for form in known.__subclasses__():
        if form.__module__.startswith(("dashboard.", "generation.")) and hasattr(form, "base_fields"):
            yield form
        yield from all_forms(form)


@pytest.fixture(scope="module", autouse=True)
def private_and_quick(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with django_db_blocker.unblock(), made(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture
def world(private_and_quick: World, db: None) -> World:
    return private_and_quick


@dataclass
class Work:
    """What a request took."""

    statements: int = 0
    letters: int = 0
    """Of the statements and their parameters."""
    seconds: float = 0.0
    """Of the processor, SQLite's included."""
    status: int = 0

    def note(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements += 1
        self.letters += len(sql) + len(str(params))
        return execute(sql, params, many, context)

    def check(self, ordinary: "Work", what: str) -> None:
        assert self.status < 500, f"{what}: {self.status}"
        for name, least in AT_LEAST.items():
            took, most = getattr(self, name), max(least, TIMES * getattr(ordinary, name))
            assert took <= most, f"{what}: {took:,} {name}; an ordinary request takes {getattr(ordinary, name):,}"


@contextmanager
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, None]]:
    """The names that are looked up in queries and forms, in order."""
    found: dict[str, None] = {}
    with monkeypatch.context() as patch:
        for method in ("__getitem__", "getlist", "__contains__"):
            plain = getattr(MultiValueDict, method, None) or getattr(dict, method)

            def looking(self: Any, key: str, *args: Any, plain: Any = plain, **options: Any) -> Any:
                if isinstance(self, QueryDict):
                    found[key] = None
                return plain(self, key, *args, **options)

            patch.setattr(QueryDict, method, looking, raising=False)
        yield found


@dataclass
class Entrance:
    """One verb of one address, asked by somebody who may."""

    client: Client
    verb: str
    url: str
    query: str = ""
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, instead: str = "", *, names: tuple[str, ...] = ()) -> Work:
        """Ask with some parameters set anew; whatever it changes is undone."""
        query, body = (self._merged(text, instead, names) for text in (self.query, self.body))
        work = Work()
        with as_it_was(), connection.execute_wrapper(work.note):
            began = time.process_time()
            if self.verb == "get":
                answer: Any = self.client.get(f"{self.url}?{query}", headers=self.headers)
            else:
                form = "application/x-www-form-urlencoded"
                answer = self.client.post(f"{self.url}?{query}", body, content_type=form, headers=self.headers)
            _consume(answer)
            work.seconds = time.process_time() - began
        work.status = answer.status_code
        return work

    @staticmethod
    def _merged(text: str, instead: str, names: tuple[str, ...]) -> str:
        kept = [pair for pair in text.split("&") if pair and pair.partition("=")[0] not in names]
        return "&".join([*kept, *([instead] if instead else [])])


def _consume(answer: HttpResponse) -> None:
    if answer.streaming and not getattr(answer, "is_async", False):
        for _ in answer:
            pass


def strain(entrance: Entrance, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send everything strange to everything that a view looks at."""
    with looked_at(monkeypatch) as found:
        entrance.ask()
    names = tuple(name for name in found if name != "csrfmiddlewaretoken")
    ordinary = entrance.ask()
    for what, value in STRANGE.items():
        entrance.ask(urlencode(dict.fromkeys(names, value)), names=names).check(ordinary, what)
    for name in names:
        entrance.ask(urlencode({name: WORDS}), names=(name,)).check(ordinary, f"{LONG} letters of words for {name}")
        many = "&".join([urlencode({name: world.things.get(f"{name}_id", "x")})] * MANY)
        entrance.ask(many).check(ordinary, f"{MANY} times {name}")


@pytest.mark.parametrize(("address", "verb"), [(address, verb) for address, verb, _ in CASES], ids=NAMES)
def test_what_a_page_is_asked_does_not_change_how_much_it_does(
    address: str, verb: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = (address, QUERIES.get(address, ""), BODIES.get(address, "") if verb == "post" else "")
    url, query, body = (world.fill(text).lstrip("/") for text in texts)
    if address not in CALLING_OUT:
        strain(Entrance(world.browser("alice"), verb, f"/{url}", query, body), world, monkeypatch)


SIGN_IN = sorted(address for address in set(addresses()) if address.startswith("accounts/") and "<" not in address)


@pytest.mark.parametrize("address", SIGN_IN)
def test_signing_in_and_ones_own_pages_do_not_do_more(
    address: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for verb in ("get", "post"):
        name = "" if address in OPEN else "alice"
        strain(Entrance(world.browser(name), verb, f"/{address}", body=BODIES.get(address, "")), world, monkeypatch)


@pytest.mark.parametrize("address", [address for address, rule in API.items() if rule.get])
def test_a_script_s_list_does_not_do_more(address: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key = {"Authorization": f"Bearer {world.keys['own']}"}
    strain(Entrance(world.browser(""), "get", world.fill(address), headers=key), world, monkeypatch)


def shut_in(depth: int) -> str:
    return "[" * depth + "]" * depth


BODIES_OF_SCRIPTS: dict[str, dict[str, dict[str, Any]]] = {
    "v1/generate": {
        **{f"{name} of sixteen kilobytes": {name: WORDS} for name in ("model", "prompt", "asset_id", "preset_id")},
        "a webhook of a megabyte": {"webhook_url": f"http://x/{'y' * 2**20}"},
        "ten to the thirtieth": {"num_images": 10**30},
        "a negative number": {"num_images": -1},
        "a list for a text": {"prompt": ["On marble"] * 10_000},
        "half a pair": {"prompt": "\ud800"},
        "a null character": {"prompt": "x\0y", "asset_id": "x\0"},
    },
    "v1/training-asset": {
        "a link of sixteen kilobytes": {"url": f"https://127.0.0.1/{'x' * LONG}"},
        "a name of sixteen kilobytes": {"name": WORDS},
        "tags without end": {"tags": ["x"] * 10_000},
        "half a pair": {"name": "\ud800"},
    },
}
RAW = {"a deep list": shut_in(100_000), "digits without end": f'{{"num_images": {"9" * 20_000}}}', "nothing": ""}


@pytest.mark.parametrize("address", BODIES_OF_SCRIPTS)
def test_a_script_s_body_is_measured_before_it_is_read(address: str, world: World) -> None:
    headers = {"Authorization": f"Bearer {world.keys['own']}"}
    fine = {"model": "nanobanana", "asset_id": world.things["asset_id"], "prompt": "On marble"}
    fine |= {"url": "ftp://127.0.0.1/x.png"}
    bodies = {what: json.dumps(fine | body) for what, body in BODIES_OF_SCRIPTS[address].items()} | RAW
    ordinary = sent(world, address, json.dumps(fine), headers)
    for what, body in bodies.items():
        work = sent(world, address, body, headers)
        assert work.status == 400, what
        work.check(ordinary, what)


def sent(world: World, address: str, body: str, headers: dict[str, str]) -> Work:
    work = Work()
    with as_it_was(), connection.execute_wrapper(work.note):
        began = time.process_time()
        answer = world.browser("").post(f"/{address}", body, content_type="application/json", headers=headers)
        work.seconds = time.process_time() - began
    work.status = answer.status_code
    return work


@pytest.mark.parametrize("name", ["x" * 10_000, "9" * 10_000, "%2e" * 3_000])
def test_a_name_of_ten_kilobytes_is_nobody_s(name: str, world: World) -> None:
    named = [(address, verb) for address, verb, _ in CASES if "<" in address]
    named += [(address, "get") for address in BY_LINK] + [("sandbox/v1/jobs/<job_id>", "get")]
    for address, verb in named:
        url = re.sub(r"<\w+>", name, address)
        body = world.fill(BODIES.get(address, "")).lstrip("/")
        work = Entrance(world.browser("alice"), verb, f"/{url}", body=body).ask()
        assert work.status in {401, 403, 404, 405, 410}, f"{verb} {address}: {work.status}"
        assert work.statements <= 30 and work.seconds < AT_LEAST["seconds"], f"{verb} {address}"


HEADERS = ("Last-Event-ID", "Idempotency-Key", "Authorization", "HX-Target", "HX-Current-URL", "User-Agent", "Accept",
           "Accept-Language", "X-Forwarded-For", "Referer", "X-Sandbox-Faults", "If-None-Match")  # fmt: skip


@pytest.mark.parametrize("address", ["gallery/", "v1/jobs", "sandbox/v1/me", "accounts/login/", "healthz"])
def test_headers_of_sixteen_kilobytes_are_no_fault(address: str, world: World) -> None:
    for value in ("x" * LONG, "9" * LONG, "a, " * (LONG // 3), "é" * 99):
        client = world.browser("alice")
        client.cookies["messages"] = client.cookies["csrftoken"] = value
        work = Entrance(client, "get", f"/{address}", headers=dict.fromkeys(HEADERS, value)).ask()
        assert work.status < 500, value[:3]
        assert work.seconds < AT_LEAST["seconds"], value[:3]


def test_a_file_s_name_of_ten_kilobytes_is_cut(world: World) -> None:
    named = SimpleUploadedFile(f"{'a' * 10_000}.jpg", photo(), "image/jpeg")
    with as_it_was():
        answer = world.browser("bob").post("/products/upload/", {"photo": named}, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert len(Product.objects.latest("id").name) <= 120


def test_a_form_of_thousands_of_parts_is_refused(world: World) -> None:
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="p{n}"\r\n\r\n1\r\n' for n in range(11_000))
    files = "".join(
        f'--x\r\nContent-Disposition: form-data; name="photo"; filename="{n}.jpg"\r\n\r\n1\r\n' for n in range(500)
    )
    for body in (parts, files):
        for address in ("/products/upload/", "/products/import/", "/generate/", "/v1/training-asset"):
            began = time.process_time()
            client = world.browser("bob", headers={"Authorization": f"Bearer {world.keys['own']}"})
            answer = client.post(address, f"{body}--x--\r\n", content_type="multipart/form-data; boundary=x")
            assert answer.status_code == 400, address
            assert time.process_time() - began < 2, address


@pytest.mark.parametrize("form", sorted(set(all_forms()), key=str), ids=lambda form: form.__qualname__)
def test_every_field_of_our_forms_says_how_much_it_takes(form: type[forms.BaseForm]) -> None:
    for name, asked in form.base_fields.items():  # type: ignore[attr-defined]
        if isinstance(asked, forms.IntegerField):
            assert asked.max_value is not None and asked.min_value is not None, f"{name} takes any number"
        elif isinstance(asked, forms.CharField) and name not in PASSWORDS:
            assert asked.max_length is not None, f"{name} takes any text"


@pytest.mark.parametrize("typed", ["a " * 6_000, "ab " * 5_461, "x" * LONG, "%_" * 8_000])
def test_a_search_says_what_it_looks_for(typed: str, world: World) -> None:
    text = world.browser("bob").get("/products/", {"q": typed}).content.decode()
    assert "Only the first" in text
    tray = world.browser("bob").get("/generate/tray/", {"q": typed}).content.decode()
    assert "Only the first" in tray


def test_a_shared_link_names_each_preset_once(world: World) -> None:
    preset = world.things["preset_id"]
    few, many = (
        Entrance(world.browser("bob"), "get", "/generate/", "&".join([f"preset={preset}"] * count)).ask()
        for count in (1, MANY)
    )
    assert many.statements == few.statements


SEARCHED = [model for model, page in site._registry.items() if page.search_fields]


@pytest.mark.parametrize("known", SEARCHED, ids=lambda model: model.__name__)
def test_an_operator_s_search_is_bounded_too(known: type[Model], db: None, rf: RequestFactory) -> None:
    page = site._registry[known]
    found, _ = page.get_search_results(rf.get("/"), known._default_manager.all(), WORDS)
    assert len(str(found.query)) < AT_LEAST["letters"]
