"""What a provider says, read with bounds: the one place where its JSON becomes our types.

What is stored or paid for (an id, a state, links, sizes, a cost, a balance) must be what it should be, or the whole
answer cannot be used (:class:`Odd`). What only decorates (names, progress, times) is cut to its bound, and counts as
not said where it is nonsense: no picture waits for a progress bar.
"""

import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from generation.contract import (
    PICTURES_MAX,
    Accepted,
    Account,
    ImageLink,
    JobStatus,
    Page,
    RemoteAsset,
    RemoteJob,
    RemotePreset,
    is_text,
)

Result = TypeVar("Result")
ID_MAX = 100
LINK_MAX = 2_000
SIDE_MAX = 100_000
"""Pixels."""
LINKS_MAX = 4 * PICTURES_MAX
"""Pictures of one job: a few more than were asked for are taken, hundreds are not."""
COST_MAX = 10_000
"""Credits of one job: some three hundred times the dearest."""
BALANCE_MAX = 1_000_000_000
ITEMS_MAX = 1_000
"""Of one page; we ask for a hundred."""
_DIGITS = 30
_NAME, _WORDS, _SHOWN = 200, 4_000, 60


class NotJSON(ValueError):
    """The body is none: a page of something in between, or cut off."""


class Odd(ValueError):
    """The answer says what cannot be; the text ends a sentence."""


def decode(body: bytes | str) -> Any:
    """The JSON value. Raises :class:`NotJSON` or :class:`Odd`."""
    try:
        return json.loads(body, parse_int=_integer)
    except RecursionError as error:
        raise Odd("it is nested too deeply") from error
    except ValueError as error:
        raise NotJSON from error


def _integer(digits: str) -> float:
    """Python refuses to read thousands of digits; as infinity they are refused where they stand."""
    return int(digits) if len(digits) <= _DIGITS else math.inf


def accepted(body: Any) -> Accepted:
    told = _object(body, "job")
    return Accepted(
        job_id=identifier(told.get("job_id"), "job_id"),
        status=_text(told.get("status"), _NAME),
        created_at=_moment(told.get("created_at")),
        estimated_time_seconds=_whole_or(0, told.get("estimated_time_seconds"), most=BALANCE_MAX),
        model=_text(told.get("model"), _NAME),
        num_images=_whole_or(1, told.get("num_images"), most=BALANCE_MAX),
    )


def job(body: Any) -> RemoteJob:
    """What an answer does not yet have to say is not looked at: pictures and costs count once the job has ended."""
    told = _object(body, "job")
    status = _status(told.get("status"))
    has_ended, is_completed = status in {JobStatus.COMPLETED, JobStatus.FAILED}, status is JobStatus.COMPLETED
    code, message = fault(body)
    return RemoteJob(
        job_id=identifier(told.get("job_id"), "job_id"),
        status=status,
        progress=_whole_or(0, told.get("progress"), most=100),
        created_at=_moment(told.get("created_at")),
        model=_text(told.get("model"), _NAME),
        num_images=_whole_or(1, told.get("num_images"), most=BALANCE_MAX),
        started_at=_moment(told.get("started_at")) or None,
        completed_at=_moment(told.get("completed_at")) or None,
        failed_at=_moment(told.get("failed_at")) or None,
        images=_links(told.get("images")) if is_completed else (),
        tokens_used=_cost(told.get("tokens_used")) if has_ended else None,
        error_code=code,
        error_message=message,
    )


def _status(value: object) -> JobStatus:
    if not isinstance(value, str) or value not in list(JobStatus):
        raise Odd(f"status is {_shown(value)}")
    return JobStatus(value)


def _cost(value: object) -> int | None:
    return None if value is None else _whole(value, "tokens_used", most=COST_MAX)


def _links(value: object) -> tuple[ImageLink, ...]:
    found = _list(value, "images") if value is not None else []
    if len(found) > LINKS_MAX:
        raise Odd(f"it has {len(found):,} pictures")
    return tuple(_link(item, f"of picture {place}") for place, item in enumerate(found, start=1))


def _link(item: object, whose: str) -> ImageLink:
    told = _object(item, "picture")
    url = told.get("url")
    is_link = isinstance(url, str) and is_text(url) and url.lower().startswith(("http://", "https://"))
    if not isinstance(url, str) or not is_link:
        raise Odd(f"the url {whose} is {_shown(url)}")
    if len(url) > LINK_MAX:
        raise Odd(f"the url {whose} has {len(url):,} characters")
    return ImageLink(
        url=url,
        width=_whole(told.get("width") or 0, f"the width {whose}", most=SIDE_MAX),
        height=_whole(told.get("height") or 0, f"the height {whose}", most=SIDE_MAX),
    )


def asset(body: Any) -> RemoteAsset:
    told = _object(body, "asset")
    names = ("name", "status", "url", "thumbnail_url", "format", "created_at")
    tags = told.get("tags")
    return RemoteAsset(
        asset_id=identifier(told.get("asset_id"), "asset_id"),
        tags=tuple(_text(tag, _NAME) for tag in tags[:ITEMS_MAX]) if isinstance(tags, list) else (),
        width=_whole_or(0, told.get("width"), most=SIDE_MAX),
        height=_whole_or(0, told.get("height"), most=SIDE_MAX),
        file_size=_whole_or(0, told.get("file_size"), most=BALANCE_MAX),
        **{name: _text(told.get(name), LINK_MAX) for name in names},
    )


def preset(body: Any) -> RemotePreset:
    told = _object(body, "preset")
    names = ("name", "description", "category", "type", "created_at")
    models = told.get("recommended_models")
    return RemotePreset(
        preset_id=identifier(told.get("preset_id"), "preset_id"),
        recommended_models=tuple(_text(name, _NAME) for name in models[:ITEMS_MAX]) if isinstance(models, list) else (),
        thumbnail_url=_text(told.get("thumbnail_url"), LINK_MAX),
        prompt=_text(told.get("prompt"), 2 * _WORDS),  # longer than may be used, so that it is seen to be too long
        **{name: _text(told.get(name), _WORDS) for name in names},
    )


def account(body: Any) -> Account:
    told = _object(body, "account")
    credits = _object(told.get("credits"), "balance").get("generations")
    return Account(
        id=_text(told.get("id"), ID_MAX),
        email=_text(told.get("email"), _NAME),
        plan=_text(told.get("plan"), _NAME),
        credits=_whole(credits, "credits", least=-BALANCE_MAX, most=BALANCE_MAX),
    )


def assets(body: Any) -> Page[RemoteAsset]:
    return _page(body, [asset(item) for item in _items(body, "assets")])


def presets(body: Any) -> Page[RemotePreset]:
    return _page(body, [preset(item) for item in _items(body, "presets")])


def jobs(body: Any) -> Page[RemoteJob]:
    """One odd job must not hide the others; where none can be used, the list cannot."""
    found, unreadable = [], []
    for item in _items(body, "jobs"):
        try:
            found.append(job(item))
        except Odd:
            unreadable.append(named_job(item))
    if unreadable and not found:
        raise Odd("no job in it can be read")
    return _page(body, found, tuple(unreadable))


def named_job(body: Any) -> str:
    """The id of the job that a body is about, which may say nonsense besides; empty where it names none."""
    return _or("", lambda: identifier(_object(body, "job").get("job_id"), "job_id"))


def _page(body: Any, items: list[Result], unreadable: tuple[str, ...] = ()) -> Page[Result]:
    """Some providers count what there is, others only say whether there is more."""
    shown = len(items) + len(unreadable)
    offset = _whole_or(0, body.get("offset"), most=BALANCE_MAX)
    total = _whole_or(0, body.get("total"), most=BALANCE_MAX)
    limit = _whole_or(shown, body.get("limit"), most=BALANCE_MAX)
    return Page(tuple(items), max(total, offset + shown + (body.get("has_more") is True)), limit, offset, unreadable)


def _items(body: Any, name: str) -> list[Any]:
    found = _list(_object(body, "answer").get(name), name)
    if len(found) > ITEMS_MAX:
        raise Odd(f"{name} has {len(found):,} entries")
    return found


def fault(body: Any) -> tuple[str, str]:
    """The code and the words of an error; empty where it has none."""
    told = body.get("error") if isinstance(body, dict) else None
    told = told if isinstance(told, dict) else {}
    return _text(told.get("code"), 40), _text(told.get("message"), 2_000)


def retry_after(body: Any) -> float | None:
    """Seconds, as the body of a 429 says."""
    told = body.get("error") if isinstance(body, dict) else None
    value = told.get("retry_after") if isinstance(told, dict) else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)
    return float(value) if is_number and value is not None else None


def identifier(value: object, name: str) -> str:
    """An id as text. Raises :class:`Odd`."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text or not text.isprintable():
        raise Odd(f"{name} is {_shown(value)}")
    if len(text) > ID_MAX:
        raise Odd(f"{name} has {len(text):,} characters")
    return text


def _object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Odd(f"the {name} is {_shown(value)}")
    return value


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise Odd(f"{name} is {_shown(value)}")
    return value


def _whole(value: object, name: str, *, least: int = 0, most: int) -> int:
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
        raise Odd(f"{name} is {_shown(value)}")
    return number


def _whole_or(default: int, value: object, *, most: int) -> int:
    return _or(default, lambda: _whole(value, "", most=most))


def _or(default: Result, read: Callable[[], Result]) -> Result:
    try:
        return read()
    except Odd:
        return default


def _text(value: object, most: int) -> str:
    """Text that can be stored; what is none counts as not said."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return storable(text[:most])


def storable(text: str) -> str:
    """Without NUL and halves of surrogate pairs, which no database takes."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _moment(value: object) -> str:
    """An ISO 8601 time of this century; another is none, and calendars of ours would break on it."""
    if not isinstance(value, str) or len(value) > 40:
        return ""
    try:
        return value if 2000 <= datetime.fromisoformat(value).year < 2100 else ""
    except ValueError:
        return ""


def _shown(value: object) -> str:
    """A value in a sentence, short enough for one."""
    if value is None:
        return "missing"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = storable(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
