"""Writes ``dashboard/ROLES.md`` from the rows of the access table: ``python -m tests.roles_document``."""

import os
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import django

from tests import environment  # noqa: F401  a private world, before settings are loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
django.setup()

from tests.test_access_table import API, BY_LINK, ELSEWHERE, OPEN, TABLE, Role, Rule  # noqa: E402

DOCUMENT = Path(__file__).parent.parent / "dashboard" / "ROLES.md"
AREAS = {
    "": "Coming in",
    "generate": "Generating",
    "batches": "Batches",
    "jobs": "Jobs",
    "gallery": "Gallery",
    "presets": "Presets",
    "products": "Products",
    "projects": "Projects",
    "spend": "Spend",
    "audit": "The audit log",
    "settings": "The team and its settings",
}
"""By the first part of the address, in the order of the rail."""

HEAD = """\
# Who may do what

Written by `python -m tests.roles_document` from the rows that `tests/test_access_table.py` checks: every address
of the URL resolver, asked by everybody, for what is theirs and for what is another team's. Do not edit it by hand.

A member has one role in each team, and each role may do all that a lower one may: viewer, creator, admin, owner.
The outsider is somebody else who has an account, be it the owner of another team.

| In the tables | |
|---|---|
| yes | It is answered. What does not fit the state of things is refused with one sentence (400, 409, 422). |
| own | Answered for one's own team: there is nothing of another team to ask for. |
| 403 | The page is there, and the role does not allow it. |
| 404 | It does not exist for this person, in exactly the words for what nobody has. |
| sign in | The stranger is asked to sign in, before anything else is looked at. |

Methods other than those named are refused (405), and nothing can be posted from another site (403).
"""

CALLS = """\
## The API

A call speaks for the team whose key it carries, and may what a creator may. A signed-in browser is no key.

| Call | | No key, a made-up or a revoked one | A session | Another team's key | The team's key |
|---|---|---|---|---|---|
"""


def document() -> str:
    """The whole document."""
    return "\n".join([HEAD, *_areas(), CALLS + "\n".join(_calls()) + "\n", *_rest()])


def _areas() -> Iterator[str]:
    rows = sorted(TABLE, key=lambda address: (list(AREAS).index(_area(address)), list(TABLE).index(address)))
    for area, found in groupby(rows, key=_area):
        lines = [line for address in found for line in _lines(address, TABLE[address])]
        names = " | ".join(str(role.label) for role in Role)
        heading = f"| To … | | Anonymous | Outsider | {names} |\n|---|---|---|---|{'---|' * len(Role)}"
        yield f"## {AREAS[area]}\n\n{heading}\n" + "\n".join(lines) + "\n"


def _area(address: str) -> str:
    return address.partition("/")[0]


def _lines(address: str, rule: Rule) -> Iterator[str]:
    outsider = "404" if "<" in address else "own"
    for verb, lowest in rule.verbs:
        cells = ["yes" if role >= lowest else "403" for role in Role]
        yield f"| {rule.does} | {_code(verb, address)} | sign in | {outsider} | {' | '.join(cells)} |"


def _code(verb: str, address: str) -> str:
    return f"`{verb.upper()} /{address}`".replace("_id>", ">")


def _calls() -> Iterator[str]:
    for address, rule in API.items():
        foreign = "404" if "<" in address else "own"
        for verb, _ in rule.verbs:
            yield f"| {rule.does} | {_code(verb, address)} | 401 | 401 | {foreign} | yes |"


def _rest() -> Iterator[str]:
    links = [f"- {does}: `/{address}`" for address, does in BY_LINK.items()]
    yield "## By a link\n\nWhoever has the link may; a made-up one shows everybody the same.\n\n" + _joined(links)
    pages = [f"- `/{address}`" for address in sorted(OPEN)]
    about = "Every other address below `/accounts/` is about oneself and asks the stranger to sign in."
    yield f"## Before signing in\n\n{about} Open to all are:\n\n" + _joined(pages)
    others = [f"- `/{beginning}`: {why}" for beginning, why in ELSEWHERE.items()]
    yield "## Checked by tests of their own\n\n" + _joined(others)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document())
