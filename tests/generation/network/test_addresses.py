"""The one form of an address, what lies within a prefix, which IP addresses are public, and how TLS is checked."""

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from generation.network.addresses import (
    AddressRefused,
    NotPublic,
    check,
    check_now,
    is_public,
    is_within,
    open_session,
    parse,
)
from generation.network.deadline import deadline
from generation.provider.client import Client, NotSent
from tests.names import Names

NORMAL = {
    "HTTP://Example.COM": "http://example.com/",
    "https://example.com:443": "https://example.com/",
    "http://example.com:80/a": "http://example.com/a",
    "https://example.com:80/a": "https://example.com:80/a",
    "https://example.com:/a": "https://example.com/a",
    "https://example.com:0443/a": "https://example.com/a",
    "https://example.com./a": "https://example.com/a",
    "https://8.8.8.8./a": "https://8.8.8.8/a",
    "https://[2606:4700:0:0::1111]:8443/a": "https://[2606:4700::1111]:8443/a",
    "https://BÜCHER.example/Größe.png": "https://xn--bcher-kva.example/Gr%C3%B6%C3%9Fe.png",
    "https://ｅｘａｍｐｌｅ。com/": "https://example.com/",
    "https://my_service:8080/": "https://my_service:8080/",
    "https://example.com?a=b": "https://example.com/?a=b",
    "https://example.com/a?": "https://example.com/a",
    "https://example.com/a#b?c": "https://example.com/a",
    " https://example.com/a \n": "https://example.com/a",
    "https://example.com/my photo.png?size=2 x": "https://example.com/my%20photo.png?size=2%20x",
    "https://example.com/a%2fb%5cc%2520": "https://example.com/a%2Fb%5Cc%2520",
    "https://example.com/%61%2d%7e%2e%5F": "https://example.com/a-~._",
    "https://example.com/100%": "https://example.com/100%25",
    "https://example.com/a/./b/../c/..": "https://example.com/a/",
    "https://example.com/../../a": "https://example.com/a",
    "https://example.com/%2e%2e/%2E/a": "https://example.com/a",
    "https://example.com//a//b": "https://example.com/a//b",
    "https://example.com/a?b=../c&d=%2e%2e": "https://example.com/a?b=../c&d=..",
    'https://example.com/<a>"{b}|[c]^`': "https://example.com/%3Ca%3E%22%7Bb%7D%7C%5Bc%5D%5E%60",
    "https://example.com/a:b@c;d=e,f": "https://example.com/a:b@c;d=e,f",
}


@pytest.mark.parametrize("url", NORMAL)
def test_every_address_has_one_form(url: str) -> None:
    assert parse(url).url == NORMAL[url]
    assert parse(NORMAL[url]).url == NORMAL[url]


@given(st.text(alphabet="aB9.%2eEfF5cC/\\;:@?#[]-_ é．\t", max_size=30))
def test_the_form_is_final(rest: str) -> None:
    """Neither we nor ``requests`` make another of it."""
    try:
        url = parse(f"https://example.com/{rest}").url
    except AddressRefused:
        return
    assert parse(url).url == url == requests.Request("GET", url).prepare().url
    assert "/../" not in url.partition("?")[0] and not url.partition("?")[0].endswith("/..")


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_is_an_address_or_is_refused(host: str, rest: str) -> None:
    for url in (host, f"http://{host}", f"http://{host}/{rest}", f"https://example.com/{rest}"):
        try:
            parse(url)
        except AddressRefused as error:
            assert str(error) == "The address cannot be read."


@pytest.mark.parametrize(
    "url",
    [
        "", "mug.png", "//example.com", "https:/example.com", "https://", "https:///a", "https://a..b", "https://-:1:2",
        "https://u@example.com", "https://u:p@example.com", "https://example.com:65536", "https://example.com:0",
        "https://example.com\\a", "https://example.com/\\a", "https://exa mple.com", "https://example.com/\x7f",
        "https://example.com/\ud800", "https://%65xample.com", "https://" + "a" * 64 + ".com",
        "https://" + "a." * 130 + "com", "https://1.2.3", "https://1.2.3.04", "https://a.0x1", "https://*.example.com",
    ],
)  # fmt: skip
def test_what_has_no_such_form_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        parse(url)


PREFIX = "http://10.0.0.5:8080/Hooks/a"
INSIDE = [
    "http://10.0.0.5:8080/Hooks/a", "http://10.0.0.5:8080/Hooks/a/", "http://10.0.0.5:8080/Hooks/a/b/c?d=../..",
    "HTTP://10.0.0.5:08080/Hooks/a#x", "http://10.0.0.5:8080/x/../Hooks/a/b", "http://10.0.0.5:8080/%48ooks/%61/b",
    "http://10.0.0.5:8080/Hooks/a/b%2Fc", "http://10.0.0.5:8080/Hooks/a//b", "http://10.0.0.5:8080/Hooks/a/b..c",
    "http://10.0.0.5:8080/Hooks/a/%C3%BC%20%2520",
]  # fmt: skip
OUTSIDE = [
    "http://10.0.0.5:8080/Hooks", "http://10.0.0.5:8080/hooks/a", "http://10.0.0.5:8080/Hooks/ab", "http://10.0.0.5:8080",
    "http://10.0.0.5:8080/Hooks%2Fa", "https://10.0.0.5:8080/Hooks/a", "http://10.0.0.5/Hooks/a", "nonsense",
    "http://10.0.0.55:8080/Hooks/a", "http://10.0.0.5:80801/Hooks/a", "http://10.0.0.5.example:8080/Hooks/a",
    "http://u@10.0.0.5:8080/Hooks/a", "http://10.0.0.5:8080@evil.example/Hooks/a", "http://10.0.0.5:8080/Hooks/a/../b",
    "http://10.0.0.5:8080/Hooks/a/%252e%252e/b", "http://10.0.0.5:8080/Hooks/a/..%2fb",
    "http://10.0.0.5:8080/Hooks/a/b%5c..%5c..%5cc", "http://10.0.0.5:8080/Hooks/a/%ff",
    "http://10.0.0.5:8080/Hooks/a/%" + "25" * 50 + "2e",
]  # fmt: skip


@pytest.mark.parametrize("prefix", [PREFIX, f"{PREFIX}/", f"{PREFIX}//", "HTTP://10.0.0.5:08080/./Hooks/%61/#x"])
def test_a_prefix_ends_between_segments(prefix: str) -> None:
    assert [url for url in INSIDE if not is_within(url, [prefix])] == []
    assert [url for url in OUTSIDE if is_within(url, [prefix])] == []


def test_ports_and_names_of_prefixes_have_one_form_too() -> None:
    assert is_within("http://hooks.internal/a", ["http://HOOKS.internal.:80"])
    assert is_within("https://hooks.internal:443/", ["https://hooks.internal"])
    assert not is_within("http://hooks.internal:443/", ["https://hooks.internal"])
    assert not is_within("http://hooks.internal/", ["hooks.internal", "", "http://"])
    assert not is_within("http://hooks.internal.example/", ["http://hooks.internal"])


def test_the_work_does_not_grow_with_how_often_something_is_escaped() -> None:
    url = f"{PREFIX}/%{'25' * 100_000}"
    assert not is_within(url, [PREFIX])


PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1",
    "fe80::1", "fe80::1%lo", "fec0::1", "fc00::1", "ff02::1", "2001:db8::1", "2002:7f00:1::", "2001::1",
    "64:ff9b:1::1", "64:ff9b::10.0.0.1", "2a00:1::5efe:10.0.0.1", "192.88.99.1", "3fff::1", "5f00::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2a00:1::5efe:8.8.8.8"],
)
def test_public_addresses_are(address: str) -> None:
    """On a network with IPv6 only, every older address comes through NAT64."""
    assert is_public(address)


def test_a_check_without_a_look_up_sees_literals_and_this_machine(names: Names) -> None:
    names.stand("inside.test", ["10.0.0.1"])
    for url in ("http://10.0.0.1", "http://[::1]", "http://localhost", "http://a.localhost"):
        with pytest.raises(NotPublic):
            check(url)
        assert check(url, trusted=[url])
    assert check("http://inside.test") and check("http://mylocalhost") and not names.asked
    with pytest.raises(NotPublic):
        check_now("http://inside.test")
    assert check_now("http://inside.test", trusted=["http://inside.test"]) and names.asked["inside.test"] == 1
    assert check_now("http://unknown.test").host == "unknown.test"


def test_what_a_trusted_request_left_open_serves_no_other(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/in/a").respond_with_data(b"a")
    with open_session(trusted=[httpserver.url_for("/in")]) as session:
        assert session.get(httpserver.url_for("/in/a")).content == b"a"
        with pytest.raises(NotPublic):
            session.get(httpserver.url_for("/out"))
    assert [request.path for request, _ in httpserver.log] == ["/in/a"]


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a self-signed certificate of a name, with its key in the same file."""

    def make(name: str) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.now(datetime.UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = tmp_path / f"{name}.pem"
        path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
        return path

    return make


class Secure:
    """A TLS server that stands for a public one; which name each visitor asked for, and what they sent."""

    def __init__(self, path: Path) -> None:
        self.asked: list[str | None] = []
        self.sent: list[bytes] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        context.sni_callback = lambda _, name, __: self.asked.append(name)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, args=(context,))
        self.thread.start()

    def _serve(self, context: ssl.SSLContext) -> None:
        with closing(self.socket.accept()[0]) as peer:
            try:
                with context.wrap_socket(peer, server_side=True) as secure:
                    self.sent.append(secure.recv(65536))
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            except OSError:
                return


@pytest.fixture
def secure(certificate: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, names: Names) -> Iterator[Secure]:
    """At 8.8.8.8, with a certificate of ``public.test``; ``other.test`` stands for the same address."""
    path = certificate("public.test")
    server = Secure(path)
    real = socket.socket.connect

    def connect(sock: socket.socket, address: object) -> None:
        assert address == ("8.8.8.8", server.port)
        return real(sock, ("127.0.0.1", server.port))

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(path))
    for name in ("public.test", "other.test"):
        names.stand(name, ["8.8.8.8"], ["127.0.0.1"])
    yield server
    server.thread.join()
    server.socket.close()


def test_tls_is_checked_against_the_name_although_the_address_is_pinned(secure: Secure) -> None:
    with open_session() as session:
        assert session.get(f"https://public.test:{secure.port}/a").status_code == 200
    assert secure.asked == ["public.test"]
    assert b"Host: public.test:" in secure.sent[0] and secure.sent[0].startswith(b"GET /a ")


def test_another_names_certificate_is_refused_before_anything_is_sent(secure: Secure) -> None:
    base = f"https://other.test:{secure.port}/v1"
    with Client(base_url=base, key="secret") as client, pytest.raises(NotSent):
        client.get_account()
    assert secure.asked == ["other.test"] and secure.sent in ([], [b""])


def test_the_next_address_is_tried_where_one_does_not_answer(
    names: Names, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer
) -> None:
    tried = []
    real = socket.socket.connect

    def connect(sock: socket.socket, address: tuple[str, int]) -> None:
        tried.append(address[0])
        if address[0] != "1.1.1.1":
            raise ConnectionRefusedError
        return real(sock, ("127.0.0.1", httpserver.port))

    httpserver.expect_request("/a").respond_with_data(b"a")
    names.stand("two.test", ["8.8.8.8", "1.1.1.1"], ["127.0.0.1"])
    monkeypatch.setattr(socket.socket, "connect", connect)
    with open_session() as session:
        assert session.get("http://two.test/a").content == b"a"
    assert tried == ["8.8.8.8", "1.1.1.1"]


def test_nothing_is_sent_once_the_time_is_over(httpserver: HTTPServer) -> None:
    """Connecting may take it all; then nobody would cut the wait for an answer short."""
    httpserver.expect_request("/a").respond_with_data(b"a")
    with open_session(trusted=[httpserver.url_for("/")]) as session, deadline(60) as exchange:
        exchange.cut()
        with pytest.raises(requests.RequestException):
            session.get(httpserver.url_for("/a"))
    assert not exchange.sent and httpserver.log == []
