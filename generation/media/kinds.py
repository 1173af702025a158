"""What files that are kept as they came may be, by their first bytes: names and headers are not believed."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    mime: str
    name: str
    """As in ``a HEIC file``."""
    extension: str
    """What a download is called by: ``bin`` for whatever a browser might run when it is opened."""
    begins: re.Pattern[bytes]


def _kind(mime: str, name: str, extension: str, begins: bytes) -> Kind:
    return Kind(mime, name, extension, re.compile(begins, re.DOTALL | re.IGNORECASE))


UNKNOWN = _kind("", "file", "bin", b"")
KINDS = (
    _kind("image/jpeg", "JPEG file", "jpg", rb"\xff\xd8\xff"),
    _kind("image/png", "PNG file", "png", rb"\x89PNG"),
    _kind("image/webp", "WebP file", "webp", rb"RIFF.{4}WEBP"),
    _kind("image/gif", "GIF file", "gif", rb"GIF8"),
    _kind("image/avif", "AVIF file", "avif", rb".{4}ftypavi[fs]"),
    _kind("image/heic", "HEIC file", "heic", rb".{4}ftyp(hei|hev|mif1|msf1)"),
    _kind("image/tiff", "TIFF file", "tif", rb"II\*\0|MM\0\*"),
    _kind("image/bmp", "BMP file", "bmp", rb"BM"),
    _kind("image/jxl", "JPEG XL file", "jxl", rb"\xff\x0a|\0\0\0\x0cJXL "),
    _kind("application/pdf", "PDF file", "bin", rb"%PDF"),
    _kind("image/svg+xml", "SVG drawing", "bin", rb"\s*(<\?xml[^>]*>\s*)?<svg"),
    _kind("text/html", "web page", "bin", rb"\s*<(!DOCTYPE html|html|head|body)"),
)


def sniff(data: bytes) -> Kind:
    head = data[:4096]
    return next((kind for kind in KINDS if kind.begins.match(head)), UNKNOWN)


def by_mime(mime: str) -> Kind:
    return next((kind for kind in KINDS if kind.mime == mime), UNKNOWN)
