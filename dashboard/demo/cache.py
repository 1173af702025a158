"""The demo's sign-in, kept beside the data so that a later start can show it again."""

import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import check_password


@dataclass
class Kept:
    """What the file holds. ``known`` says of each password hash seen so far whether ``password`` opens it.

    A hash takes a third of a second to check, which no start should spend on what an earlier one found out.
    """

    password: str = ""
    api_key: str = ""
    sandbox: str = ""
    known: dict[str, bool] = field(default_factory=dict)

    def opens(self, encoded: str) -> bool:
        """Whether the password still belongs to a user with this hash."""
        if encoded not in self.known:
            self.known[encoded] = check_password(self.password, encoded)
        return self.known[encoded]


def _file() -> Path:
    return Path(settings.DATA_DIR) / "demo.json"


def read() -> Kept:
    """What was kept; empty when the file is gone or is not ours."""
    try:
        return Kept(**json.loads(_file().read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return Kept()


def write(kept: Kept) -> None:
    """Replace the file as a whole, readable by its owner only (mode 0600, as temporary files are)."""
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".demo-")
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(kept), file)
    Path(name).replace(path)


def easy_password() -> str:
    """Three pronounceable words and two digits, 44 random bits: ``mivo-keta-rupo-47``."""
    syllables = [secrets.choice("bdfghklmnprstvwz") + secrets.choice("aeiou") for _ in range(6)]
    words = ["".join(syllables[start : start + 2]) for start in (0, 2, 4)]
    return "-".join([*words, f"{secrets.randbelow(100):02}"])
