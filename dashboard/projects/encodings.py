"""In which encoding a text file was written, as far as its bytes tell; people decide where they do not."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass

from charset_normalizer import from_bytes

KNOWN = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16": "Unicode (UTF-16)",
    "cp1252": "Western European (Windows)",
    "mac_roman": "Western European (Mac)",
    "cp850": "Western European (DOS)",
    "cp932": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "cp950": "Chinese, traditional (Big5)",
    "cp949": "Korean (EUC-KR)",
    "cp1251": "Cyrillic (Windows)",
    "koi8_r": "Cyrillic (KOI8-R)",
    "cp1250": "Central European (Windows)",
    "cp1253": "Greek (Windows)",
    "cp1254": "Turkish (Windows)",
    "cp1255": "Hebrew (Windows)",
    "cp1256": "Arabic (Windows)",
    "cp1257": "Baltic (Windows)",
    "cp874": "Thai (Windows)",
}
"""Python's names of the encodings that spreadsheets write, and ours."""
_UNLIKELY = {"cp1252": 0.3, "cp850": 0.3, "mac_roman": 0.05}
"""What is added to the mess that charset-normalizer sees: it takes any bytes for Western, and old systems are rare."""
_SAMPLE = 64 * 1024
_SAMPLES = 3
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")
_CONTROL = re.compile("[\x80-\x9f\ue000-\uf8ff\ufffd]")
# One letter with an accent between others, as in French or German; elsewhere they stand side by side or are others.
_WESTERN = re.compile(
    r"(?:[\x00-\x7f]|[äöü]ß|ç[ãõ]|éé|(?<![^\x00-\x7f])"
    r"(?:[àâäåæçèéêëìíîïñòóôöøùúûüÿßÀÁÂÄÅÆÇÈÉÊËÍÎÑÓÔÖØÙÚÜáã€‘’“”–—…•™°®©½¼¾²³×«»]|õ(?=e)|œ(?=u))"
    r"(?![^\x00-\x7f–—’”…™°®©»€]))*"
)


@dataclass(frozen=True)
class Reading:
    """What a file says when it is taken to be in one encoding."""

    encoding: str
    samples: tuple[str, ...]
    """Some of its cells that tell encodings apart."""

    @property
    def label(self) -> str:
        return KNOWN[self.encoding]


@dataclass(frozen=True)
class Recognised:
    """``readings`` are possible, the likeliest first; there is one alone where it is ``sure``."""

    readings: tuple[Reading, ...]
    sure: bool


class Unreadable(ValueError):
    """The bytes are no text in any encoding."""


def recognise(data: bytes) -> Recognised:
    """Raises :class:`Unreadable`."""
    if (encoding := _marked(data)) or (encoding := _plain(data)):
        return Recognised((Reading(encoding, ()),), sure=True)
    told = b"\n".join(_telling(data))
    readings = [reading for encoding in _likeliest_first(told) if (reading := _reading(data, told, encoding))]
    if not readings:
        raise Unreadable
    western = next((reading for reading in readings if reading.encoding == "cp1252"), None)
    if western and _WESTERN.fullmatch(told.decode("cp1252")):
        return Recognised((western, *(other for other in readings if other is not western)), sure=True)
    return Recognised(tuple(readings), sure=False)


def decode(data: bytes, encoding: str) -> str:
    """The file's text without its mark. What cannot be read becomes U+FFFD, which a marked file may have by mistake."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    if encoding == "utf-16":
        return data.decode(_order(data), errors="replace")
    return data.removeprefix(BOM_UTF8).decode(encoding, errors="replace")


def _marked(data: bytes) -> str:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8" if data.startswith(BOM_UTF8) else ""


def _plain(data: bytes) -> str:
    """UTF-8, which nothing else looks like by accident; or UTF-16 without a mark, of which half the bytes are zero."""
    head = data[:_SAMPLE]
    if head.count(0) * 5 > len(head) and not len(data) % 2:
        return "utf-16" if "\0" not in head[: len(head) // 2 * 2].decode(_order(data), errors="replace") else ""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "utf-8"


def _order(data: bytes) -> str:
    head = data[:_SAMPLE]
    return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"


def _telling(data: bytes) -> list[bytes]:
    """Cells that are not plain ASCII, until they suffice."""
    found: list[bytes] = []
    size = 0
    for cell in re.split(rb"[,;\t\r\n]+", data):
        if any(byte > 0x7F for byte in cell) and size < _SAMPLE:
            found.append(cell[:200].strip(b' "'))
            size += len(found[-1])
    return found


def _likeliest_first(told: bytes) -> list[str]:
    """By what charset-normalizer says of the cells; among equals those with more speakers first."""
    eight_bit = [name for name in KNOWN if not name.startswith("utf")]
    chaos = {match.encoding: match.chaos for match in from_bytes(told, cp_isolation=eight_bit, threshold=0.5)}

    def rank(encoding: str) -> tuple[float, int]:
        more = 0.4 if _mostly_half_width(told, encoding) else _UNLIKELY.get(encoding, 0.0)
        return chaos.get(encoding, 1.0) + more, eight_bit.index(encoding)

    return sorted(eight_bit, key=rank)


def _mostly_half_width(told: bytes, encoding: str) -> bool:
    """Whether Japanese would be all half-width katakana, which nobody writes names in."""
    text = told.decode(encoding, errors="ignore") if encoding == "cp932" else ""
    return len(_HALF_WIDTH.findall(text)) * 2 > len([letter for letter in text if ord(letter) > 0x7F])


def _reading(data: bytes, told: bytes, encoding: str) -> Reading | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    if _CONTROL.search(text):
        return None
    cells = [cell for cell in told.decode(encoding, errors="ignore").split("\n") if cell.strip()]
    return Reading(encoding, tuple(cell[:60] for cell in dict.fromkeys(cells))[:_SAMPLES])
