"""The data folder: who may look into it, and where its Valkey listens. Standard library only.

It is its owner's alone, also where it was made with laxer modes.
"""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

LONGEST_SOCKET = 100  # bytes: Linux allows 107, macOS 103

UMASK = 0o077
OTHERS = 0o077
INSIDE = ("secret.key", "db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm", "media", "logs", "run", "valkey")
"""What is worth keeping; nobody comes to whatever else is inside, or deeper, since the folder itself is shut."""


def shut(folder: Path) -> str:
    """Take everybody else's rights from an existing data folder; one sentence where that cannot be done."""
    try:
        _take_rights(folder)
        for name in INSIDE:
            if os.path.lexists(folder / name):
                _take_rights(folder / name)
    except FileNotFoundError:
        return ""
    except OSError:
        pass  # its modes tell
    try:
        is_open = bool(folder.stat().st_mode & OTHERS)
    except OSError:
        return ""  # who cannot even look at it says so when it is used
    if not is_open:
        return ""
    return (
        f"Others on this machine may look into {folder}, and that could not be changed: "
        f"make it yours alone (chmod 700), or choose another with --data or PACKSHOT_DATA_DIR."
    )


def _take_rights(path: Path) -> None:
    mode = path.lstat().st_mode
    if mode & OTHERS and not stat.S_ISLNK(mode):
        path.chmod(stat.S_IMODE(mode) & ~OTHERS)


def socket_path(data: Path) -> Path:
    """The Unix socket of the server that keeps its data under ``data``; a short path when that one is too long."""
    path = data / "valkey" / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"packshot-{os.getuid()}-{name}" / "valkey.sock"
