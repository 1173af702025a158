"""The files: complete, honest in a spreadsheet, streamed; and verified by a program that needs only Python."""

import asyncio
import base64
import csv
import io
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.core.handlers.asgi import ASGIRequest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.audit import export, heads, verify
from dashboard.audit.models import AuditHead
from dashboard.audit.record import record
from tests.audit.conftest import Log
from tests.conftest import browser_of

Lines = list[dict[str, Any]]


def exported(user: User) -> Lines:
    answer = browser_of(user).get("/audit/log.jsonl")
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.getvalue().decode().splitlines()]


def written(folder: Path, lines: Lines) -> Path:
    path = folder / "audit.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def verified(*arguments: str | Path) -> tuple[int, str]:
    """Exit status and words of the verifier in a Python without any package."""
    command = [sys.executable, "-I", "-S", verify.__file__, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert not done.stderr
    return done.returncode, done.stdout


def test_the_whole_log_is_exported_and_verified(log: Log, admin: Actor, alice: User, tmp_path: Path) -> None:
    log(5)
    record(admin, "preset.edited", "preset_1", after={"template": "schön \ud83d \0 ☃", "weight": 0.1, "big": 1e20})
    lines = exported(alice)
    assert [line["sequence"] for line in lines[1:-1]] == [1, 2, 3, 4, 5, 6]
    assert lines[0]["public_key"] == heads.public_key()
    status, said = verified(written(tmp_path, lines), "--key", heads.public_key())
    assert (status, said.splitlines()[-1]) == (0, "Intact: 6 events.")


def test_a_log_without_events_is_verified_too(alice: User, team: Team, tmp_path: Path) -> None:
    assert verified(written(tmp_path, exported(alice)))[0] == 0


def edited(lines: Lines) -> Lines:
    lines[3]["event"]["object"] = "proj_9"
    return lines


def renamed(lines: Lines) -> Lines:
    lines[3]["people"]["facts"]["actor"] = "Somebody else"
    return lines


def nameless(lines: Lines) -> Lines:
    lines[3]["people"]["facts"] = {}
    return lines


def rehashed(lines: Lines) -> Lines:
    line = edited(lines)[3]
    line["hash"] = verify.hash_of(line["previous"], line["sequence"], line["event"])
    return lines


def moved(lines: Lines) -> Lines:
    return [*lines[:2], lines[3], lines[2], *lines[4:]]


def renumbered(lines: Lines) -> Lines:
    lines[2]["sequence"], lines[3]["sequence"] = 3, 2
    return moved(lines)


CHANGES: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "edited": (edited, "Event 3 was changed"),
    "edited with a fitting hash": (rehashed, "Event 4 does not follow the event before it"),
    "by somebody else": (renamed, "Event 3 was changed: its digest does not fit what it says of people"),
    "by nobody": (nameless, "Event 3 was changed: its digest does not fit what it says of people"),
    "removed": (lambda lines: [*lines[:3], *lines[4:]], "Event 3 is missing"),
    "inserted": (lambda lines: [*lines[:3], lines[2], *lines[3:]], "Event 2 stands after event 2"),
    "moved": (moved, "Event 2 stands after event 3"),
    "moved and renumbered": (renumbered, "Event 2 was changed"),
    "cut off at the front": (lambda lines: [lines[0], *lines[3:]], "Event 1 and all up to 2 are missing"),
    "cut off at the end": (lambda lines: lines[:-2], "does not end with its signed head"),
    "without its last event": (lambda lines: [*lines[:-2], lines[-1]], "its last event is 4"),
    "continued": (lambda lines: [*lines, lines[-2]], "does not end with its signed head"),
    "of another team": (
        lambda lines: [lines[0] | {"team": {"id": "team_x"}}, *lines[1:]],
        "Event 1 is not of this team",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_falsified_file_is_found(log: Log, alice: User, tmp_path: Path, change: str) -> None:
    log(5)
    falsify, told = CHANGES[change]
    status, said = verified(written(tmp_path, falsify(exported(alice))))
    assert status == 1
    assert told in said
    assert "NOT intact" in said


def test_a_file_without_its_people_is_verified_and_says_so(log: Log, alice: User, tmp_path: Path) -> None:
    log(3)
    lines = [line | {"people": None} if "event" in line else line for line in exported(alice)]
    assert "Ada" not in json.dumps(lines)
    status, output = verified(written(tmp_path, lines))
    assert status == 0
    assert "Of 3 events the file does not say who it was." in output


def cut_short(lines: Lines) -> Lines:
    """A file that ends earlier and agrees with itself, as somebody without the key can make it."""
    last = lines[3]
    return [*lines[:4], {"head": lines[-1]["head"] | {"sequence": last["sequence"], "hash": last["hash"]}}]


def test_a_head_kept_elsewhere_finds_a_file_cut_short(log: Log, alice: User, team: Team, tmp_path: Path) -> None:
    log(5)
    kept = tmp_path / "head.json"
    kept.write_bytes(browser_of(alice).get("/audit/head.json").content)
    log(1)
    lines = exported(alice)
    assert verified(written(tmp_path, lines), "--head", kept)[0] == 0
    status, said = verified(written(tmp_path, cut_short(lines)), "--head", kept)
    assert status == 1
    assert "Event 5 is named by a head that was kept, but the last event here is 3" in said


def test_a_forged_head_is_found_in_the_file_itself(log: Log, alice: User, tmp_path: Path) -> None:
    log(5)
    status, said = verified(written(tmp_path, cut_short(exported(alice))), "--key", heads.public_key())
    assert (status, said.splitlines()[0]) == (
        1,
        "Event 3 is named by the head in the file, but the public key did not sign that.",
    )


def test_a_file_that_is_older_than_the_head_is_told_from_a_proof(log: Log, alice: User, tmp_path: Path) -> None:
    log(3)
    lines = exported(alice)
    log(2)
    kept = tmp_path / "head.json"
    kept.write_bytes(browser_of(alice).get("/audit/head.json").content)
    status, said = verified(written(tmp_path, lines), "--head", kept)
    assert status == 1
    assert "the last event here is 3: the file is older than that head, or was cut short." in said


OTHER = Ed25519PrivateKey.from_private_bytes(b"7" * 32)


def signed_by_another(head: dict[str, Any]) -> dict[str, Any]:
    key = base64.b64encode(OTHER.public_key().public_bytes_raw()).decode()
    return head | {"public_key": key, "signature": base64.b64encode(OTHER.sign(verify.signed_text(head))).decode()}


def test_only_the_right_key_signs(log: Log, alice: User, tmp_path: Path) -> None:
    """Somebody signs a rewritten file with a key of their own: the page's key finds it, and so does a kept head."""
    log(3)
    kept, lines = tmp_path / "head.json", exported(alice)
    kept.write_text(json.dumps(lines[-1]["head"]))
    lines[-1]["head"] = signed_by_another(lines[-1]["head"])
    lines[0]["public_key"] = lines[-1]["head"]["public_key"]
    path = written(tmp_path, lines)
    status, said = verified(path)
    assert status == 0
    assert "the files' own word: give --key" in said
    for more in (["--key", heads.public_key()], ["--head", kept], ["--key", "AAAA"], ["--key", "no base64"]):
        status, said = verified(path, *more)
        assert status == 1
        assert "did not sign" in said


def test_a_head_of_another_team_proves_nothing(log: Log, alice: User, tmp_path: Path) -> None:
    log(2)
    kept = tmp_path / "head.json"
    kept.write_bytes(heads.as_file(heads.sign(AuditHead(team_id="team_other", sequence=1, hash="0" * 64))))
    status, said = verified(written(tmp_path, exported(alice)), "--head", kept)
    assert status == 1
    assert "but that is of another team" in said


def test_several_kept_heads_are_compared(log: Log, alice: User, tmp_path: Path) -> None:
    kept = []
    for number in range(3):
        log(1)
        kept += ["--head", tmp_path / f"{number}.json"]
        kept[-1].write_bytes(browser_of(alice).get("/audit/head.json").content)
    path = written(tmp_path, exported(alice))
    assert verified(path, *kept)[0] == 0
    false = json.loads(kept[3].read_text()) | {"hash": "0" * 64}
    kept[3].write_text(json.dumps(false))
    assert "Event 2 is not the event that a head that was kept names." in verified(path, *kept)[1]


@given(st.binary(max_size=40), st.integers(0, 95), st.integers(1, 255))
def test_signatures_are_checked_as_cryptography_does(message: bytes, place: int, change: int) -> None:
    both = bytearray(OTHER.sign(message) + OTHER.public_key().public_bytes_raw())
    assert verify.is_signature(bytes(both[:64]), message, key=bytes(both[64:]))
    both[place] ^= change
    signature, key = bytes(both[:64]), bytes(both[64:])
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        expected = False
    else:
        expected = True
    try:
        assert verify.is_signature(signature, message, key=key) == expected
    except ValueError:
        assert not expected


ORDER = verify.ORDER.to_bytes(32, "little")


@pytest.mark.parametrize("signature", [b"", b"x" * 63, b"x" * 65, bytes(32) + ORDER])
def test_what_is_no_signature_is_none(signature: bytes) -> None:
    assert not verify.is_signature(signature, b"", key=OTHER.public_key().public_bytes_raw())


def test_the_file_for_spreadsheets_is_said_to_prove_nothing(log: Log, alice: User, tmp_path: Path) -> None:
    log(1)
    path = tmp_path / "audit.csv"
    path.write_bytes(browser_of(alice).get("/audit/log.csv?q=spring").getvalue())
    status, said = verified(path)
    assert (status, "verify the JSON lines file instead" in said) == (2, True)


def test_filters_do_not_shorten_what_is_to_be_verified(log: Log, alice: User) -> None:
    log(2)
    whole = browser_of(alice).get("/audit/log.jsonl?q=nothing&who=task").getvalue().decode().splitlines()
    assert len(whole) == 4


ODD = [
    '{"sequence": 1, "sequence": 1, "previous": "", "hash": "", "event": {}}',
    '{"sequence": 1, "previous": "", "hash": "", "event": {"after": NaN}}',
    '{"sequence": 1, "previous": "", "hash": "", "event": {"after": 1e999}}',
    '{"sequence": ' + "9" * 5000 + "}",
    "[" * 100_000,
]


@pytest.mark.parametrize("line", ODD)
def test_json_that_says_two_things_or_none_is_not_read(alice: User, team: Team, tmp_path: Path, line: str) -> None:
    path = written(tmp_path, exported(alice)[:1])
    path.write_text(path.read_text() + line)
    status, said = verified(path)
    assert (status, said.partition("(")[0]) == (2, "Cannot verify: Line 2 is not JSON ")


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", "{}", '{"format": "packshot-audit-1", "team": {"id": "t"}}\n{"sequence": "1"}']
)
def test_what_is_no_export_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_text(text)
    status, said = verified(path)
    assert status == 2
    assert said.startswith("Cannot verify: ")
    assert verified(tmp_path / "none")[0] == 2


def test_the_verifier_can_be_taken_along(alice: User, team: Team) -> None:
    assert browser_of(alice).get("/audit/verify.py").content == Path(verify.__file__).read_bytes()


def test_the_spreadsheet_holds_what_the_filters_show(log: Log, admin: Actor, alice: User) -> None:
    log(2)
    record(admin, "key.issued", "key_1", after={"name": "=1+1"})
    admin.user.name = "=HYPERLINK(1)"  # type: ignore[union-attr]
    record(admin, "key.revoked", "key_1", before={"name": "Nightly"})
    text = browser_of(alice).get("/audit/log.csv?q=key").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["sequence"], row["who"], row["what"]) for row in rows] == [
        ("4", "'=HYPERLINK(1)", "revoked an API key: Nightly"),
        ("3", "Ada", "created an API key: =1+1"),
    ]
    assert rows[1]["after"] == '{"name":"=1+1"}'


def test_an_export_takes_no_memory_for_its_length(log: Log, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    def peak() -> int:
        tracemalloc.start()
        for block in export._blocks(export.json_lines(team)):
            assert block
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    monkeypatch.setattr("dashboard.audit.proof.AT_ONCE", 50)
    log(200)
    few = peak()
    log(600)
    assert peak() < 1.5 * few


def test_a_server_of_ours_gets_it_step_by_step() -> None:
    asked: list[int] = []

    def lines() -> Any:
        for number in range(4):
            asked.append(number)
            yield "x" * 70_000

    request = ASGIRequest({"type": "http", "method": "GET", "path": "/", "headers": []}, io.BytesIO())
    answer = export.streamed(request, lines(), name="a", mime="text/plain")

    async def read() -> list[tuple[int, int]]:
        return [(len(block), len(asked)) async for block in answer]

    assert answer.is_async
    assert asyncio.run(read()) == [(70_000, 1), (70_000, 2), (70_000, 3), (70_000, 4), (0, 4)]
