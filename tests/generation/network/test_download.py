import socket
import threading
import time
from contextlib import closing

import pytest
from pytest_httpserver import HTTPServer

from generation.network.download import FetchError, download


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://0.0.0.0:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://127.1:{port}/",
        "http://user@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}#@8.8.8.8/",
    ],
)
def test_nobody_connects_to_this_machine_on_a_strangers_word(url: str) -> None:
    with closing(socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True)) as server:
        server.settimeout(0.05)
        with pytest.raises(FetchError):
            download(url.format(port=server.getsockname()[1]), max_bytes=1000, seconds=3)
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    "url", ["", "mug.jpg", "file:///etc/passwd", "ftp://example.com/x", "http://", "http://[", "gopher://a"]
)
def test_only_web_addresses_are_fetched(url: str) -> None:
    with pytest.raises(FetchError):
        download(url, max_bytes=1000)


def test_a_trusted_prefix_may_be_private(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/files/a.png").respond_with_data(b"picture")
    assert (
        download(httpserver.url_for("/files/a.png"), max_bytes=10, trusted=[httpserver.url_for("/files/")])
        == b"picture"
    )


def test_dots_do_not_lead_out_of_a_trusted_prefix(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/secret").respond_with_data(b"secret")
    with pytest.raises(FetchError, match="public internet"):
        download(httpserver.url_for("/files/../secret"), max_bytes=10, trusted=[httpserver.url_for("/files/")])


def test_a_trusted_server_cannot_redirect_us_elsewhere(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/files/a").respond_with_data(
        status=302, headers={"Location": httpserver.url_for("/secret")}
    )
    with pytest.raises(FetchError, match="302"):
        download(httpserver.url_for("/files/a"), max_bytes=10, trusted=[httpserver.url_for("/files/")])


def test_errors_say_what_the_server_answered(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/gone").respond_with_data(status=410)
    with pytest.raises(FetchError, match="The server answered 410.") as raised:
        download(httpserver.url_for("/gone"), max_bytes=10, trusted=[httpserver.url_for("/")])
    assert raised.value.status == 410


def test_a_file_that_is_too_large_is_not_read_to_the_end(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/big").respond_with_data(b"x" * 3_000_000)
    with pytest.raises(FetchError, match="larger than 1 MB"):
        download(httpserver.url_for("/big"), max_bytes=1_048_576, trusted=[httpserver.url_for("/")])


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: y"])
def test_a_drip_of_bytes_ends_with_the_deadline(start: bytes) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def drip() -> None:
            with closing(server.accept()[0]) as peer:
                peer.recv(4096)
                peer.sendall(start)
                for _ in range(200):
                    try:
                        peer.sendall(b"x")
                    except OSError:
                        return
                    time.sleep(0.05)

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        began = time.monotonic()
        with pytest.raises(FetchError, match="took too long"):
            download(url, max_bytes=10_000, seconds=0.5, trusted=[url])
        assert time.monotonic() - began < 5
        thread.join()


def test_a_body_that_breaks_off_is_not_taken_for_whole() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            with closing(server.accept()[0]) as peer:
                peer.recv(4096)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(FetchError):
            download(url, max_bytes=10_000, trusted=[url])
        thread.join()


@pytest.mark.parametrize(("status", "passing"), [(503, True), (429, True), (404, False), (403, False)])
def test_a_servers_bad_moment_is_told_from_a_dead_link(httpserver: HTTPServer, status: int, passing: bool) -> None:
    httpserver.expect_request("/a").respond_with_data(status=status)
    with pytest.raises(FetchError) as raised:
        download(httpserver.url_for("/a"), max_bytes=10, trusted=[httpserver.url_for("/")])
    assert raised.value.passing is passing


@pytest.mark.parametrize(
    ("url", "passing"), [("http://127.0.0.1:9/a", True), ("http://10.0.0.1/a", False), ("http://[", False)]
)
def test_a_server_that_is_down_may_come_back_and_a_wrong_address_does_not(url: str, passing: bool) -> None:
    with pytest.raises(FetchError) as raised:
        download(url, max_bytes=10, trusted=["http://127.0.0.1:9/"])
    assert raised.value.passing is passing
