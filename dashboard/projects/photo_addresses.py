"""Addresses of photos as people and shops write them into a cell or a field."""

import re

_NEXT = re.compile(r"""[\s,;|"'\[\]]+(?=(?:https?:)?//|www\.)""", re.IGNORECASE)
"""What stands between two addresses of a cell; spaces and commas inside an address are its own."""
_AROUND = " \t\r\n,;|\"'[]"
_HOST_FIRST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?/\S", re.IGNORECASE)
_ON_A_DISK = re.compile(r"(?:file:|[a-z]:[\\/]|\\\\)", re.IGNORECASE)
_NAME_OR_PATH = re.compile(r"[^:?#]+\.(?:jpe?g|png|webp|gif|avif|heic|tiff?)", re.IGNORECASE)
_WIX = re.compile(r"[0-9a-f]{6}_[0-9a-f]{32}(?:~mv2\w*)?\.\w{3,4}")
_DRIVE = re.compile(r"https://drive\.google\.com/(?:file/d/|open\?(?:[^#]*&)?id=)(?P<id>[\w-]{10,})")
_DROPBOX = re.compile(r"https://www\.dropbox\.com/\S+")
_SHOWN = 60


def split(cell: str, *, media: str = "") -> list[str]:
    """The addresses of a cell, whole and each once. ``media`` leads to files that a shop names without an address."""
    parts = [part.strip(_AROUND) for part in _NEXT.split(cell)]
    if media:
        parts = [one for part in parts for one in _names(part, media)]
    return list(dict.fromkeys(whole(part) for part in parts if part))


def _names(part: str, media: str) -> list[str]:
    names = [name.strip() for name in part.split(";")]
    return [media + name for name in names] if all(map(_WIX.fullmatch, names)) else [part]


def whole(text: str) -> str:
    """An address with the beginning that people leave out, as browsers take it, and of the file instead of its page."""
    text = text.strip()
    if text.startswith("//"):
        text = f"https:{text}"
    elif _HOST_FIRST.match(text):
        text = f"https://{text}"
    return _behind_a_share(text)


def _behind_a_share(address: str) -> str:
    """Where the file is that a link for sharing shows on a page; help.dropbox.com names ``raw=1``."""
    if found := _DRIVE.match(address):
        return f"https://drive.google.com/uc?export=download&id={found['id']}"
    if _DROPBOX.match(address):
        bare = re.sub(r"(?<=[?&])(?:dl|raw)=\d&?", "", address.partition("#")[0]).rstrip("?&")
        return f"{bare}{'&' if '?' in bare else '?'}raw=1"
    return address


def why_not_whole(text: str) -> str:
    """What keeps ``text`` from being a web address."""
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    said = "The image URL is not a whole web address; it begins with https://."
    if text.lower().startswith("data:"):
        return f"{said} Here the picture itself is in the cell; upload it instead."
    if _ON_A_DISK.match(text):
        return f"{said} “{shown}” is a file on a computer; upload it instead."
    return f"{said} “{shown}” lacks the server’s name." if _NAME_OR_PATH.fullmatch(text) else said
