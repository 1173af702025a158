"""What a file is by its first bytes: names and headers are not believed."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    mime: str
    name: str
    """With its article: ``an AVIF file``."""
    extension: str
    """What a download is called by: ``bin`` for whatever a browser might run when it is opened."""
    begins: re.Pattern[bytes]

    @property
    def label(self) -> str:
        """``AVIF``, ``SVG drawing``."""
        return self.name.partition(" ")[2].removesuffix(" file")


def _kind(mime: str, name: str, extension: str, begins: bytes) -> Kind:
    return Kind(mime, name, extension, re.compile(begins, re.DOTALL))


JPEG = _kind("image/jpeg", "a JPEG file", "jpg", rb"\xff\xd8\xff")
PNG = _kind("image/png", "a PNG file", "png", rb"\x89PNG\r\n\x1a\n")
WEBP = _kind("image/webp", "a WebP file", "webp", rb"RIFF.{4}WEBP")
GIF = _kind("image/gif", "a GIF file", "gif", rb"GIF8[79]a")
AVIF = _kind("image/avif", "an AVIF file", "avif", rb".{4}ftypavi[fs]")
UNKNOWN = _kind("", "a file", "bin", b"")
KINDS = (
    JPEG,
    PNG,
    WEBP,
    GIF,
    AVIF,
    _kind("image/heic", "a HEIC file", "heic", rb".{4}ftyp(hei|hev|mif1|msf1)"),
    _kind("image/tiff", "a TIFF file", "tif", rb"II\*\0|MM\0\*"),
    _kind("image/bmp", "a BMP file", "bmp", rb"BM.{4}\0{4}"),
    _kind("image/jxl", "a JPEG XL file", "jxl", rb"\xff\x0a|\0\0\0\x0cJXL "),
    _kind("application/pdf", "a PDF file", "bin", rb"%PDF"),
    _kind("image/svg+xml", "an SVG drawing", "bin", rb"\s*(<\?xml[^>]*>\s*)?<svg"),
    _kind("text/html", "a web page", "bin", rb"(?i)\s*<(!DOCTYPE html|html|head|body)"),
)


def sniff(data: bytes) -> Kind:
    head = data[:4096]
    return next((kind for kind in KINDS if kind.begins.match(head)), UNKNOWN)


def by_mime(mime: str) -> Kind:
    return next((kind for kind in KINDS if kind.mime == mime), UNKNOWN)
