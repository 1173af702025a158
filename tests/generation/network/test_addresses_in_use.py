"""Whatever address a person, a script or a provider gives, wherever one can: nobody connects to a private network.

Every form × every use. Nothing leaves this machine: whatever tries to connect is counted first.
"""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.socialaccount.adapter import get_adapter
from django.test import Client
from django.utils import timezone
from pytest_httpserver import HTTPServer
from requests import RequestException
from werkzeug import Request, Response

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.api import deliveries
from dashboard.api.models import CallerDelivery
from dashboard.members.keys import issue
from dashboard.presets import covers
from dashboard.presets.models import Preset
from dashboard.projects import imports
from dashboard.projects.models import ImportRow, Product, ProductImport
from dashboard.projects.uploads import take_from
from dashboard.studio.actions import JobSpec, start
from dashboard.team_settings import forms as rules_form
from dashboard.team_settings import rules
from generation.models import Connection, Image, Job, JobState
from generation.network.addresses import AddressRefused, NotPublic
from generation.network.download import download
from generation.pipeline import ingest
from generation.provider import connections
from generation.provider.base_url import BaseUrlRefused, check_address
from generation.provider.client import ProviderError
from generation.sandbox import keys, webhooks
from generation.sandbox.models import Delivery, SandboxJob
from tests.generation.network.address_forms import NAMES, forms
from tests.names import Names
from tests.pictures import photo

PUBLIC = "8.8.8.8"
"""Stands for the public internet: who connects to it reaches a server of the test."""


@dataclass
class Network:
    """What this machine would connect to."""

    port: int
    """Where something listens that nobody may reach."""
    website: int
    """The port on this machine of what is at :data:`PUBLIC`."""
    tried: list[tuple[str, int]] = field(default_factory=list)
    """Connections to anything but the public internet."""
    public: int = 0
    accepted: list[Any] = field(default_factory=list)
    """Who came to the canary."""
    last: set[Any] = field(default_factory=set)
    """Those of them that the test itself sends when it is over."""


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer, names: Names) -> Iterator[Network]:
    canary = socket.create_server(("127.0.0.1", 0))
    port = canary.getsockname()[1]
    servers = [canary]
    if socket.has_ipv6:
        with suppress(OSError):  # on a machine without it
            servers.append(socket.create_server(("::1", port), family=socket.AF_INET6))
    network = Network(port, httpserver.port)
    threads = [threading.Thread(target=_accept, args=(server, network)) for server in servers]
    for thread in threads:
        thread.start()
    real = socket.socket.connect

    def connect(sock: socket.socket, address: Any) -> None:
        if sock.family not in {socket.AF_INET, socket.AF_INET6}:
            return real(sock, address)
        if address[0] == PUBLIC:
            network.public += 1
            return real(sock, ("127.0.0.1", network.website))
        network.tried.append(address[:2])
        if address[1] == port and address[0] in {"127.0.0.1", "::1"}:
            return real(sock, address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    for name, addresses in NAMES.items():
        names.stand(name.encode("idna").decode(), addresses)
    names.stand("public.test", [PUBLIC])
    try:
        yield network
    finally:
        monkeypatch.undo()
        for thread, server in zip(threads, servers, strict=True):
            with socket.socket(server.family) as last:
                last.bind((server.getsockname()[0], 0))
                network.last.add(last.getsockname()[:2])
                last.connect(server.getsockname()[:2])
                thread.join()
            server.close()
        assert not network.accepted, "somebody reached what nobody may"


def _accept(server: socket.socket, network: Network) -> None:
    """Take in whoever comes, until the last one, before whom all others came."""
    while True:
        peer, address = server.accept()
        peer.close()
        if address[:2] in network.last:
            return
        network.accepted.append(address[:2])


Use = Callable[[str], bool]
"""Gives an address to whoever takes one; whether it was refused in words."""


@dataclass
class Place:
    """Where Alice's team stands, and what is trusted there on the canary's port."""

    team: Team
    owner: Actor
    mug: Product
    script: Client
    caller: Client
    spec: dict[str, Any]
    settings: Any
    origin: str


@pytest.fixture
def place(team: Team, alice: User, mug: Product, network: Network, settings: Any) -> Place:
    origin = f"http://127.0.0.1:{network.port}"
    settings.PUBLIC_URL = origin
    settings.SANDBOX_SECONDS = 0
    owner = Actor(team, Role.OWNER, user=alice)
    script = Client(headers={"Authorization": f"Bearer {issue(owner, name='Nightly')[1]}"})
    key = keys.open_account(email="alice@example.com", plan="enterprise", credits=10_000)[1]
    caller = Client(headers={"Authorization": f"Bearer {key}"})
    spec = {"model": "nanobanana2", "prompt": "On marble"}
    return Place(team, owner, mug, script, caller, spec, settings, origin)


def refused(answer: Any, parameter: str) -> bool:
    error = answer.json().get("error", {})
    return answer.status_code == 400 and error["code"] == "invalid_request" and parameter in error["message"]


def photo_by_link(place: Place) -> Use:
    return lambda url: bool(take_from(place.owner, url).error)


def row_of_an_import(place: Place) -> Use:
    batch = ProductImport.objects.create(team=place.team, member=place.owner.user, filename="a.csv")

    def use(url: str) -> bool:
        waiting = {"state": ImportRow.State.WAITING, "tries": 4}
        row = ImportRow.objects.create(batch=batch, line=batch.rows.count(), name="Mug", url=url, tags=[], **waiting)
        imports.work(row)
        row.refresh_from_db()
        return row.state == ImportRow.State.FAILED

    return use


def photo_of_a_script(place: Place) -> Use:
    def use(url: str) -> bool:
        answer = place.script.post("/v1/generate", {**place.spec, "image_url": url}, content_type="application/json")
        return refused(answer, "image_url")

    return use


def asset_of_a_script(place: Place) -> Use:
    return lambda url: refused(
        place.script.post("/v1/training-asset", {"url": url}, content_type="application/json"), "url"
    )


def webhook_of_a_script(place: Place) -> Use:
    place.settings.TRUSTED_WEBHOOKS = [f"{place.origin}/hooks/"]
    asked = {**place.spec, "asset_id": place.mug.asset_id}

    def use(url: str) -> bool:
        answer = place.script.post("/v1/generate", {**asked, "webhook_url": url}, content_type="application/json")
        return refused(answer, "webhook_url")

    return use


def delivery_to_a_script(place: Place) -> Use:
    """Of a job that was asked for before its address was refused."""
    place.settings.TRUSTED_WEBHOOKS = [f"{place.origin}/hooks/"]
    key = issue(place.owner, name="Earlier")[0]
    job = _job(place)
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, finished_at=timezone.now())

    def use(url: str) -> bool:
        Job.objects.filter(pk=job.pk).update(webhook_url=url)
        row, _ = CallerDelivery.objects.update_or_create(job=job, defaults={"api_key": key, "due_at": timezone.now()})
        deliveries.deliver(row.pk)
        row.refresh_from_db()
        return not row.delivered_at and bool(row.answer)

    return use


def address_for_warnings(place: Place) -> Use:
    place.settings.TRUSTED_WEBHOOKS = [f"{place.origin}/hooks/"]
    given = {"name": "Northwind", "time_zone": "UTC", "retention_days": "0"}
    place.team.alert_secret = rules._new_secret()

    def use(url: str) -> bool:
        form = rules_form.TeamForm({**given, "alert_url": url}, team=place.team)
        place.team.alert_url = url
        arrived = rules.send_test(place.team).arrived
        return "alert_url" in form.errors and not arrived

    return use


def photo_at_the_sandbox(place: Place) -> Use:
    def use(url: str) -> bool:
        body = {**place.spec, "image_url": url}
        return refused(place.caller.post("/sandbox/v1/generate", body, content_type="application/json"), "image_url")

    return use


def asset_at_the_sandbox(place: Place) -> Use:
    return lambda url: refused(
        place.caller.post("/sandbox/v1/training-asset", {"url": url}, content_type="application/json"), "url"
    )


def webhook_of_the_sandbox(place: Place) -> Use:
    asked = {**place.spec, "asset_id": "asset_1"}

    def use(url: str) -> bool:
        body = {**asked, "webhook_url": url}
        return refused(place.caller.post("/sandbox/v1/generate", body, content_type="application/json"), "webhook_url")

    return use


def delivery_of_the_sandbox(place: Place) -> Use:
    now = timezone.now()
    account = keys.open_account(email="bob@example.com", plan="pro", credits=10)[0]
    job = SandboxJob.objects.create(
        id="job_1", key=account, model="nanobanana2", prompt="", photo="", aspect_ratio="1:1", num_images=1, price=5,
        created_at=now, due_at=now, look_at=None,
    )  # fmt: skip

    def use(url: str) -> bool:
        SandboxJob.objects.filter(pk=job.pk).update(webhook_url=url)
        row = Delivery.objects.create(job=job, message_id="msg_1", due_at=now)
        webhooks.deliver(delivery_id=row.pk)
        row.refresh_from_db()
        return not row.delivered_at and bool(row.answer)

    return use


def picture_of_a_provider(place: Place) -> Use:
    """Of the sandbox, whose links are trusted."""
    Connection.objects.filter(team=place.team).update(base_url=f"{place.origin}/sandbox/v1")
    job = _job(place)
    image = Image.objects.create(team=place.team, job=job, index=0, source_url="https://example.com/1.png")
    image.job = Job.objects.select_related("connection").get(pk=job.pk)

    def use(url: str) -> bool:
        image.source_url = url
        ingest.store_picture(image)
        image.refresh_from_db(fields=["stored_at"])
        return image.stored_at is None

    return use


def cover_of_a_providers_preset(place: Place) -> Use:
    preset = Preset.objects.create(team=place.team, name="Marble")
    Connection.objects.filter(team=place.team).update(base_url=f"{place.origin}/sandbox/v1")

    def use(url: str) -> bool:
        covers.fetch_cover(preset_id=preset.pk, url=url)
        preset.refresh_from_db()
        return not preset.cover

    return use


def provider(place: Place) -> Use:
    """Its base URL in the form, and in a row that an earlier version let in."""
    place.settings.TRUSTED_PROVIDERS = [f"{place.origin}/v1/"]
    row = Connection.objects.get(team=place.team)

    def use(url: str) -> bool:
        row.base_url = url
        with connections.open_client(row, seconds=5) as client, suppress(ProviderError):
            client.get_account()
            return False
        try:
            check_address(url)
        except BaseUrlRefused:
            return True
        return False

    return use


def identity_provider(place: Place) -> Use:
    """Discovery, and whatever that points at for tokens, claims and keys, are asked for by the same session."""
    place.settings.OIDC_URL = "https://id.test/realms/main"

    def use(url: str) -> bool:
        with get_adapter().get_requests_session() as session, suppress(RequestException, AddressRefused, ValueError):
            session.get(url)
        return True  # nobody waits for words, and what ``requests`` makes of an odd form may well be public

    return use


def _job(place: Place) -> Job:
    asked: dict[str, Any] = {"prompt": "On marble", "model": "nanobanana", "aspect_ratio": "4:3", "num_images": 1}
    return start(place.owner, specs=[JobSpec(product=place.mug, **asked)]).jobs.get()


USES: dict[Callable[[Place], Use], str] = {
    photo_by_link: "files/",
    row_of_an_import: "files/",
    photo_of_a_script: "files/",
    asset_of_a_script: "files/",
    webhook_of_a_script: "hooks/",
    delivery_to_a_script: "hooks/",
    address_for_warnings: "hooks/",
    photo_at_the_sandbox: "sandbox/files/",
    asset_at_the_sandbox: "sandbox/files/",
    webhook_of_the_sandbox: "hooks/",
    delivery_of_the_sandbox: "hooks/",
    picture_of_a_provider: "sandbox/files/",
    cover_of_a_providers_preset: "sandbox/presets/",
    provider: "v1/",
    identity_provider: "realms/",
}
"""Whoever takes an address, and the path that is trusted there."""


@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
def test_no_form_of_an_address_leads_into_a_private_network(
    place: Place, network: Network, use: Callable[[Place], Use]
) -> None:
    corpus = forms(port=network.port, path=USES[use])
    assert len(corpus) >= 150
    give = use(place)
    wrong: list[str] = []
    for url in corpus:
        network.tried.clear()
        in_words = give(url)
        if network.tried or not in_words:
            wrong.append(f"{url!r}: connected to {network.tried}" if network.tried else f"{url!r}: not refused")
    assert wrong == []


@pytest.fixture
def website(httpserver: HTTPServer) -> Iterator[HTTPServer]:
    """A server on the public internet that has a photo and sends people wherever they ask for."""

    def lead(request: Request) -> Response:
        return Response(status=302, headers={"Location": request.args["to"]})

    httpserver.expect_request("/lead").respond_with_handler(lead)
    httpserver.expect_request("/mug.png").respond_with_data(photo())
    yield httpserver


@pytest.mark.parametrize("use", [photo_by_link, identity_provider], ids=lambda use: use.__name__)
def test_no_redirect_leads_into_a_private_network(
    place: Place, network: Network, website: HTTPServer, use: Callable[[Place], Use]
) -> None:
    give = use(place)
    corpus = [url for url in forms(port=network.port, path="files/") if url.isascii() and url.isprintable()]
    assert len(corpus) >= 150
    for url in corpus:
        give(f"http://public.test/lead?{urlencode({'to': url})}")
        assert network.tried == [], url
    assert len(website.log) >= len(corpus)


@pytest.mark.parametrize("use", [delivery_to_a_script, address_for_warnings, delivery_of_the_sandbox, provider])
def test_where_a_redirect_is_not_expected_it_leads_nowhere(
    place: Place, website: HTTPServer, use: Callable[[Place], Use]
) -> None:
    use(place)("http://public.test/lead?to=http://public.test/mug.png#")
    assert [request.path for request, _ in website.log] == ["/lead"]


def test_a_redirect_on_the_public_internet_is_followed(place: Place, website: HTTPServer) -> None:
    assert download("http://public.test/lead?to=/mug.png", max_bytes=10**6) == photo()


REBINDING = [photo_by_link, row_of_an_import, photo_of_a_script, asset_of_a_script, delivery_to_a_script,
             address_for_warnings, photo_at_the_sandbox, asset_at_the_sandbox, delivery_of_the_sandbox,
             picture_of_a_provider, cover_of_a_providers_preset, provider, identity_provider]  # fmt: skip


@pytest.mark.parametrize("use", REBINDING, ids=lambda use: use.__name__)
def test_a_name_that_changes_its_mind_leads_nowhere(
    place: Place, network: Network, names: Names, use: Callable[[Place], Use]
) -> None:
    """Public for whoever looks first and private for whoever connects, and the other way round."""
    give = use(place)
    for at, answers in enumerate(([[PUBLIC], ["127.0.0.1"]], [["127.0.0.1"], [PUBLIC]], [[PUBLIC], ["::1"]])):
        host = f"rebind{at}.test"
        names.stand(host, *answers)
        for _ in range(3):
            give(f"http://{host}:{network.port}/x.png")
            assert network.tried == []
        assert names.asked[host]


def test_one_request_asks_for_a_name_once(place: Place, network: Network, website: HTTPServer, names: Names) -> None:
    assert download("http://public.test/mug.png", max_bytes=10**6) == photo()
    assert (names.asked["public.test"], network.public) == (1, 1)


def test_an_ordinary_address_still_serves(place: Place, network: Network, website: HTTPServer) -> None:
    website.expect_request("/done", method="POST").respond_with_data(status=204)
    assert take_from(place.owner, "HTTP://Public.Test./mug.png?size=1").product
    assert not row_of_an_import(place)(f"http://{PUBLIC}/mug.png")
    assert not picture_of_a_provider(place)("http://public.test/mug.png")
    assert not cover_of_a_providers_preset(place)("http://public.test/mug.png")
    assert not delivery_to_a_script(place)("http://public.test/done")
    assert not delivery_of_the_sandbox(place)("http://public.test/done")
    assert not address_for_warnings(place)("http://public.test/done")
    for at, use in enumerate((photo_of_a_script, photo_at_the_sandbox, asset_of_a_script, asset_at_the_sandbox)):
        assert not use(place)(f"http://public.test/mug.png?{at}")
    assert not webhook_of_a_script(place)("https://hooks.test/not-known-yet")
    identity_provider(place)("http://public.test/mug.png?identity")
    assert network.tried == []
    asked = Counter(f"{request.method} {request.path}" for request, _ in website.log)
    assert asked == {"GET /mug.png": 9, "POST /done": 3}


def test_the_operators_identity_provider_may_be_on_a_private_network(httpserver: HTTPServer, settings: Any) -> None:
    """With all of its server, for its other addresses need not lie below the one that is configured."""
    settings.OIDC_URL = httpserver.url_for("/realms/main")
    httpserver.expect_request("/token").respond_with_json({})
    inside = {"Location": f"http://127.0.0.1:{httpserver.port}/token"}  # the same machine, but nobody named it so
    httpserver.expect_request("/lead").respond_with_data(status=302, headers=inside)
    with get_adapter().get_requests_session() as session:
        assert session.get(httpserver.url_for("/token")).json() == {}
        for url in (inside["Location"], httpserver.url_for("/lead")):
            with pytest.raises(NotPublic):
                session.get(url)


COMPLAINTS = {
    "formbricks/formbricks#7954: looked up again to connect": ([[PUBLIC], ["169.254.169.254"]], "http://hook.test/"),
    "librefang/librefang#3701: only literals are looked at": ([["10.0.0.7"]], "http://hook.test/"),
    "SatyamPandey-07/WorkSphere#2134: only the first answer counts": ([[PUBLIC, "127.0.0.1"]], "http://hook.test/"),
    "qhkm/zeptoclaw#105: NAT64 of the metadata": ([[PUBLIC]], "http://[64:ff9b::169.254.169.254]/latest/"),
    "doc-detective/doc-detective#427: mapped, in hexadecimal": ([[PUBLIC]], "http://[::ffff:a00:1]/x"),
    "synapticcybersecurity/hekate#56: the redirect is not looked at": ([[PUBLIC]], "{lead}http://127.0.0.1:{port}/"),
    "dcellison/kai#222: dots that only the server sees": ([[PUBLIC]], "http://127.0.0.1:{port}/hooks/%2e%2e/admin"),
    "awslabs/mcp#3320: a host that begins like a trusted one": (
        [["127.0.0.1"]],
        "http://trusted.test.hook.test/hooks/",
    ),
    "1Panel-dev/MaxKB#6455: what is trusted as user name": ([["127.0.0.1"]], "http://trusted.test@hook.test/hooks/"),
}
"""What others were told of, re-enacted here: a name's answers, and the address that was given."""


@pytest.mark.parametrize("complaint", COMPLAINTS)
def test_what_fooled_others(place: Place, network: Network, website: HTTPServer, names: Names, complaint: str) -> None:
    answers, url = COMPLAINTS[complaint]
    for host in ("hook.test", "trusted.test.hook.test"):
        names.stand(host, *answers)
    lead = "http://public.test/lead?to="
    url = url.replace("{port}", str(network.port)).replace("{lead}", lead)
    place.settings.TRUSTED_WEBHOOKS = [f"{place.origin}/hooks/", "http://trusted.test"]
    for use in (photo_by_link, delivery_to_a_script, delivery_of_the_sandbox, picture_of_a_provider, provider):
        use(place)(url)
        assert [address for address, _ in network.tried] == [], use.__name__
