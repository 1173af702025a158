"""A web server whose Valkey hangs or is gone: everything answers soon, says what waits, and recovers by itself."""

import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import requests
from django.db import transaction
from django.test import TestCase

from dashboard.operations.valkey import program
from generation.database.redis_client import SECONDS, breaker
from generation.pipeline import events, hints
from generation.provider import rate_limit
from tests.generation.credits.test_many_requests import python, web
from tests.operations.running import eventually
from tests.pictures import photo
from tests.seeded_folder import SeededFolder

SOON = 2.0
"""Seconds that an answer takes at most, beside what it takes on this machine when all is well."""
NOTICE = "Background work is not responding right now."
WELCOME = """
import json
import django
django.setup()
from dashboard.demo import team
from dashboard.projects.models import Product
welcome = team.welcome()
asset, product = Product.objects.filter(team_id=team.TEAM).values_list("asset_id", "id")[0]
print(json.dumps(welcome | {"asset": asset, "product": product}))
"""


class Valkey:
    """A server that can be stopped, resumed, ended and begun."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.begin()

    def begin(self) -> None:
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--dir", str(self.socket.parent)]
        self.process = subprocess.Popen([str(program()), *options], stdout=subprocess.DEVNULL)
        self.client = redis.Redis.from_url(f"unix://{self.socket}")
        assert eventually(self._answers)

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False

    def hang(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        self.client.close()
        self.process.kill()
        self.process.wait()


class Site:
    """Alice at the web server, and a script of her team's."""

    def __init__(self, port: int, welcome: dict[str, Any]) -> None:
        self.url, self.welcome = f"http://127.0.0.1:{port}", welcome
        self.session = requests.Session()
        self.session.headers["Referer"] = self.url
        self.key = {"Authorization": f"Bearer {welcome['api_key']}"}
        owner = next(user for user in welcome["users"] if user["role"] == "owner")
        page = self.session.get(f"{self.url}/accounts/login/").text
        form = {"login": owner["email"], "password": owner["password"], "csrfmiddlewaretoken": self.token(page)}
        assert "/generate/" in self.session.post(f"{self.url}/accounts/login/", form).url

    @staticmethod
    def token(page: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert found
        return found[1]

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, timeout=90, stream=path == "/events/")

    def post(self, path: str, form: dict[str, Any], **options: Any) -> requests.Response:
        token = {"X-CSRFToken": self.token(self.get("/generate/").text), "HX-Request": "true"}
        return self.session.post(self.url + path, form, headers=token, timeout=90, **options)

    def press(self) -> requests.Response:
        spec = {"scene": "write", "prompt": f"On marble {time.time()}", "model": "nanobanana", "num_images": "1"}
        return self.post("/generate/", spec | {"product": self.welcome["product"], "aspect_ratio": "1:1"})

    def upload(self) -> requests.Response:
        return self.post("/products/upload/", {}, files={"photos": ("mug.jpg", photo(), "image/jpeg")})

    def cancel(self) -> requests.Response:
        job_id = re.search(r'data-job="(\w+)"', self.press().text)
        assert job_id
        return self.post(f"/jobs/{job_id[1]}/cancel/", {})

    def order(self) -> requests.Response:
        spec = {"model": "nanobanana", "asset_id": self.welcome["asset"], "prompt": "On marble"}
        return requests.post(f"{self.url}/v1/generate", json=spec, headers=self.key, timeout=90)

    def hook(self) -> requests.Response:
        return requests.post(f"{self.url}/hooks/unknown", b"{}", timeout=90)


PAGES = ("/generate/", "/gallery/", "/products/", "/batches/", "/spend/", "/settings/team/", "/healthz")
DEEDS: dict[str, Callable[[Site], requests.Response]] = {
    "a press": Site.press,
    "an upload": Site.upload,
    "a cancelled job": Site.cancel,
    "an order by a script": Site.order,
    "a webhook": Site.hook,
    **{path: lambda site, path=path: site.get(path) for path in PAGES},  # type: ignore[misc]
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, seeded: SeededFolder) -> dict[str, str]:
    data = seeded.demo(tmp_path_factory.mktemp("without") / "data")
    variables = {"PACKSHOT_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    return variables | {"REDIS_URL": f"unix://{data}/valkey.sock", "PACKSHOT_PUBLIC_URL": "http://127.0.0.1:8000"}


@pytest.fixture(scope="module")
def valkey(place: dict[str, str]) -> Iterator[Valkey]:
    server = Valkey(Path(place["REDIS_URL"].removeprefix("unix://")))
    yield server
    server.wake()
    server.end()


@pytest.fixture(scope="module")
def site(place: dict[str, str], valkey: Valkey) -> Iterator[Site]:
    welcome = json.loads(python(place, "-c", WELCOME))
    with web(place) as port:
        yield Site(port, welcome)


def timed(site: Site) -> dict[str, float]:
    """How long each deed takes, none of which fails."""
    took = {}
    for name, deed in DEEDS.items():
        began = time.monotonic()
        answer = deed(site)
        took[name] = time.monotonic() - began
        assert answer.status_code < 500, (name, answer.text)
    return took


@pytest.mark.parametrize("fault", ["it hangs", "it is gone"])
def test_everything_answers_soon_and_says_what_waits_until_it_is_back(site: Site, valkey: Valkey, fault: str) -> None:
    usual = timed(site)
    assert NOTICE not in site.get("/generate/").text
    assert site.get("/events/").status_code == 200

    break_it, mend_it = (valkey.hang, valkey.wake) if fault == "it hangs" else (valkey.end, valkey.begin)
    break_it()
    try:
        took = timed(site)
        late = {name: seconds for name, seconds in took.items() if seconds > usual[name] + SOON}
        assert late == {}
        pressed = site.press()
        assert NOTICE in pressed.text
        assert NOTICE in json.loads(pressed.headers["HX-Trigger"])["toast"]["text"]
        assert NOTICE in site.get("/gallery/").text
        assert site.get("/events/").status_code == 503
    finally:
        mend_it()

    valkey.client.delete("packshot")
    assert eventually(lambda: NOTICE not in site.press().text, seconds=20)
    assert eventually(lambda: valkey.client.llen("packshot") > 0)
    assert eventually(lambda: site.get("/events/").status_code == 200)
    assert NOTICE not in site.get("/gallery/").text


def test_of_many_that_ask_a_server_that_hangs_one_waits(tmp_path: Path, settings: Any, team: Any) -> None:
    """Publishing, counting and hinting know of each other's failures."""
    hanging = Valkey(tmp_path / "valkey.sock")
    hanging.hang()
    fresh = {"REDIS_URL": f"unix://{tmp_path}/valkey.sock"}
    try:
        settings.REDIS_URL = fresh["REDIS_URL"]
        began = time.monotonic()
        for known in (hints._broker, rate_limit.valkey):
            known.cache_clear()  # type: ignore[attr-defined]
        with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
            for _ in range(50):
                events.members_changed(team.id)
                transaction.on_commit(lambda: hints.send("generation.tasks.sweep"))
        with pytest.raises(redis.RedisError):
            rate_limit.take("conn_hanging", limit=3)
        assert time.monotonic() - began < 3 * SECONDS
        assert breaker.is_open
    finally:
        for known in (hints._broker, rate_limit.valkey):
            known.cache_clear()  # type: ignore[attr-defined]
        hanging.wake()
        hanging.end()
