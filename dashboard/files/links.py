"""Links to stored files in our own pages."""

from django.conf import settings

from generation.media import pictures


def page_link(key: str, *, download_as: str = "") -> str:
    """An expiring link that works under whatever name the page itself was opened; empty for no key.

    Our own files come without the host: a page at ``localhost`` may not load from ``127.0.0.1``.
    """
    return pictures.link(key, download_as=download_as).removeprefix(settings.PUBLIC_URL) if key else ""
