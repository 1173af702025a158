"""Files of the local folder, for whoever holds a signed link: the signature is the permission."""

from pathlib import PurePosixPath

from django.core import signing
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe

from generation.media import decoding
from generation.media.folder_storage import FileLink, LinkExpired

_TYPES = {f".{kind.extension}": kind.mime for kind in decoding.LOADERS}


@require_safe
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Answer a link of the local folder: 404 when it is not ours, 410 when its time is over.

    The whole file is read at once, in the request's own thread: it is a picture of a bounded size, and a file
    handed over for streaming would be read whole by the ASGI handler all the same.
    """
    try:
        link = FileLink.read(token)
    except signing.BadSignature as error:
        raise Http404("There is no such file.") from error
    except LinkExpired:
        return HttpResponse("This link has expired. Open the page again for a new one.", "text/plain", status=410)
    try:
        response = _conditional(request, link)
    except (OSError, SuspiciousFileOperation) as error:
        raise Http404("There is no such file.") from error
    patch_cache_control(response, private=True, max_age=link.seconds_left)
    return response


def _conditional(request: HttpRequest, link: FileLink) -> HttpResponseBase:
    changed = default_storage.get_modified_time(link.name).timestamp()
    etag = quote_etag(f"{int(changed * 1000):x}-{default_storage.size(link.name):x}")
    known = get_conditional_response(request, etag=etag, last_modified=int(changed))
    if known is not None:
        return known
    return _whole(link, headers={"ETag": etag, "Last-Modified": http_date(changed)})


def _whole(link: FileLink, *, headers: dict[str, str]) -> HttpResponse:
    with default_storage.open(link.name) as opened:
        response = HttpResponse(opened.read(), headers=headers)
    path = PurePosixPath(link.name)
    response["Content-Type"] = _TYPES.get(path.suffix, "application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    # What came from elsewhere is never shown as a page of ours; only the copies that we encoded are.
    if link.disposition or path.stem == "original" or path.suffix not in _TYPES:
        response["Content-Disposition"] = link.disposition or "attachment"
    return response
