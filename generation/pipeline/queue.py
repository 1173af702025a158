"""Who waits at a connection: each question takes a few seeks in the index ``job_waiting``, however long the queue is.

The statements are written out, since the planners must not be left a choice: ``COALESCE`` keeps ``due_at`` from
drawing them to the index of everything that is due, the order names the index's columns from the first, as PostgreSQL
does not see that one which ``IS NULL`` is the same throughout, and a union ends with the first part that has a row.
"""

from typing import Any

from django.db import connection
from django.utils import timezone

from generation.pipeline.fairness import Requester

_WAITING = (
    "SELECT {} FROM generation_job WHERE connection_id = %(connection)s AND state = 'queued'"
    " AND COALESCE(due_at, created_at) <= %(now)s"
)
_REQUESTERS = _WAITING.format("member_id, api_key_id")
_MEMBER = _REQUESTERS + " AND api_key_id IS NULL AND member_id > {} ORDER BY connection_id, member_id LIMIT 1"
_KEY = _REQUESTERS + " AND member_id IS NULL AND api_key_id > {} ORDER BY connection_id, member_id, api_key_id LIMIT 1"
_JOB = _WAITING.format("id")
_OLDEST = " ORDER BY connection_id, member_id, api_key_id, batch_id, id LIMIT 1"
_LAST_MEMBER = 2**63 - 1


def _first_of(*parts: str) -> str:
    united = " UNION ALL ".join(f"SELECT * FROM ({part}) AS part{place}" for place, part in enumerate(parts))  # noqa: S608
    return f"SELECT * FROM ({united}) AS parts LIMIT 1"  # noqa: S608


NEXT_REQUESTER = _first_of(
    _MEMBER.format("%(member)s"),
    _KEY.format("%(key)s"),
    _MEMBER.format("0"),
    _KEY.format("''"),
    _REQUESTERS + " AND member_id IS NULL AND api_key_id IS NULL" + _OLDEST,
)


def next_requester(connection_id: str, *, after: Requester) -> Requester | None:
    """Who takes turns after ``after``: members in the order of their ids, keys, members again; nobody's jobs last."""
    found = _first(NEXT_REQUESTER, connection=connection_id, **requester_bounds(after))
    return Requester(found[0] or 0, found[1] or "") if found else None


def requester_bounds(after: Requester) -> dict[str, Any]:
    return {"member": _LAST_MEMBER if after.api_key_id else after.member_id, "key": after.api_key_id}


def first_job(connection_id: str, requester: Requester, *, after_batch: str) -> str | None:
    """The oldest job of the requester's next batch; the requester's first batch comes after the last."""
    values = {
        "connection": connection_id,
        "member": requester.member_id,
        "key": requester.api_key_id,
        "batch": after_batch,
    }
    found = _first(first_job_of(requester), **values)
    return found[0] if found else None


def first_job_of(requester: Requester) -> str:
    whose = " AND member_id = %(member)s" if requester.member_id else " AND member_id IS NULL"
    whose += " AND api_key_id = %(key)s" if requester.api_key_id else " AND api_key_id IS NULL"
    own = _JOB + whose
    return _first_of(own + " AND batch_id > %(batch)s" + _OLDEST, own + _OLDEST)


def _first(statement: str, **values: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"now": connection.ops.adapt_datetimefield_value(timezone.now())})
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
