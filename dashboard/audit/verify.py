"""The audit chain's arithmetic, and a verifier of exported files that needs nothing but Python.

    python3 verify.py export.jsonl [--head head.json]... [--key PUBLIC_KEY]

Exit status 0: intact; 1: not; 2: the file cannot be read. Each event's hash is SHA-256 over the line
``packshot-audit-1``, the previous event's hash, the sequence and the event's canonical JSON (sorted keys, no
spaces, ASCII), so a change anywhere is a change of every hash after it. What it says of people stands beside it with a
salt, and under the hash only their SHA-256, so that people can be forgotten and the chain holds. A head says how long
the chain was, signed by Ed25519 (RFC 8032).
"""

import argparse
import base64
import hashlib
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

FORMAT = "packshot-audit-1"
GENESIS = "0" * 64
"""What the first event of a team follows."""
SIGNED = ("team", "sequence", "hash", "at")
"""The facts of a head that its signature covers."""


class Unreadable(Exception):
    """The file is no export, or no head; the text is one clear sentence."""


@dataclass(frozen=True)
class People:
    """What an event says of people, and the salt (hexadecimal) without which nobody can guess it from its digest."""

    salt: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Link:
    """One event with its place in the chain; without ``people`` where they were forgotten, or it says all itself."""

    sequence: int
    previous: str
    hash: str
    event: Mapping[str, Any]
    people: People | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong at one place of a chain."""

    sequence: int
    sentence: str


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def hash_of(previous: str, sequence: int, event: Mapping[str, Any]) -> str:
    """The hash of an event, in hexadecimal."""
    return hashlib.sha256("\n".join([FORMAT, previous, str(sequence), canonical(event)]).encode()).hexdigest()


def digest_of(people: People) -> str:
    """What stands for people in their event, in hexadecimal."""
    text = "\n".join([f"{FORMAT} people", people.salt, canonical(people.facts)])
    return hashlib.sha256(text.encode()).hexdigest()


class Chain:
    """Follows one team's events in the order of their sequence and says what does not fit."""

    def __init__(self, team: str) -> None:
        self.team = team
        self.sequence, self.hash = 0, GENESIS
        self._heads: dict[int, list[tuple[str, str]]] = {}

    def expect(self, head: Mapping[str, Any], *, called: str) -> None:
        """The event that ``head`` names has to come, as it says; before the first :meth:`follow`."""
        self._heads.setdefault(head["sequence"], []).append((head["hash"], called))

    def follow(self, link: Link) -> Iterator[Fault]:
        """Faults of the next event, of which there are usually none."""
        if link.sequence <= self.sequence:
            yield Fault(link.sequence, f"stands after event {self.sequence}: it was inserted, repeated or moved")
            return
        if link.sequence > self.sequence + 1:
            first, last = self.sequence + 1, link.sequence - 1
            yield Fault(first, "is missing" if first == last else f"and all up to {last} are missing")
        elif link.previous != self.hash:
            yield Fault(link.sequence, "does not follow the event before it")
        if link.event.get("team") != self.team:
            yield Fault(link.sequence, "is not of this team")
        if hash_of(link.previous, link.sequence, link.event) != link.hash:
            yield Fault(link.sequence, "was changed: its hash does not fit what it says")
        if link.people and link.event.get("people") != digest_of(link.people):
            yield Fault(link.sequence, "was changed: its digest does not fit what it says of people")
        for known, called in self._heads.pop(link.sequence, ()):
            if known != link.hash:
                yield Fault(link.sequence, f"is not the event that {called} names")
        self.sequence, self.hash = link.sequence, link.hash

    def end(self) -> Iterator[Fault]:
        """Faults that show only once all events were seen."""
        longest = max(self._heads, default=0)
        if longest > self.sequence:
            _, called = self._heads[longest][0]
            yield Fault(longest, f"is named by {called}, but the last event here is {self.sequence}")


def signed_text(head: Mapping[str, Any]) -> bytes:
    """What the Ed25519 signature of a head covers."""
    return f"{FORMAT} head\n{canonical({name: head[name] for name in SIGNED})}".encode()


P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]
"""A point of edwards25519 in extended coordinates: X, Y, Z and T, where x = X/Z, y = Y/Z and x·y = T/Z."""


def _plus(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _plus(total, point)
        point, number = _plus(point, point), number >> 1
    return total


def _point(encoded: bytes) -> Point:
    """Raises ``ValueError`` for what is no point."""
    y = int.from_bytes(encoded, "little")
    odd, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if len(encoded) != 32 or y >= P or (x * x - square) % P or (odd and not x):
        raise ValueError("not a point of the curve")
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


def _encoded(point: Point) -> bytes:
    shrink = pow(point[2], -1, P)
    x, y = point[0] * shrink % P, point[1] * shrink % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signature(signature: bytes, message: bytes, *, key: bytes) -> bool:
    """Whether the Ed25519 signature is that of the public ``key`` under ``message``. Raises ``ValueError``."""
    public, scalar = _point(key), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= ORDER:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return _encoded(_plus(_times(scalar, BASE), _times(ORDER - digest, public))) == signature[:32]


def is_signed(head: Mapping[str, Any], public_key: str) -> bool:
    """Whether the head carries this key's signature (both base64)."""
    try:
        key, signature = (base64.b64decode(text, validate=True) for text in (public_key, head["signature"]))
        return is_signature(signature, signed_text(head), key=key)
    except ValueError:
        return False


def read_json(text: str) -> Any:
    """JSON that says one thing only: no fact twice, and numbers that are some. Raises ``ValueError``."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    facts = dict(pairs)
    if len(facts) < len(pairs):
        raise ValueError("a fact is named twice")
    return facts


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def read_head(text: str) -> dict[str, Any]:
    """A signed head from its file. Raises :class:`Unreadable`."""
    try:
        head = read_json(text)
    except ValueError as error:
        raise Unreadable("The signed head is not JSON.") from error
    kinds = {"team": str, "sequence": int, "hash": str, "at": str, "public_key": str, "signature": str}
    if not isinstance(head, dict) or any(not isinstance(head.get(name), kind) for name, kind in kinds.items()):
        raise Unreadable("The signed head lacks some of its facts.")
    return head


class Export:
    """A file of JSON lines: a heading, the events, and the head as it was signed at the end."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = enumerate(lines, start=1)
        number, first = next(self._lines, (1, ""))
        if first.lstrip('\ufeff"').startswith(("sequence,", 'sequence",')):
            raise Unreadable("This is the CSV, which filters may have shortened: verify the JSON lines file instead.")
        self.heading = self._object(number, first)
        if self.heading.get("format") != FORMAT or not isinstance(self.heading.get("team"), dict):
            raise Unreadable("The first line is not the heading of an audit export.")
        self.team = str(self.heading["team"].get("id"))
        self.head: dict[str, Any] | None = None
        self.lines_after_head = False
        self.forgotten = 0
        """Events that no longer say who."""

    def links(self) -> Iterator[Link]:
        for number, line in self._lines:
            if not line.strip():
                continue
            row = self._object(number, line)
            self.lines_after_head = self.head is not None
            if "head" in row:
                self.head = read_head(canonical(row["head"]))
            else:
                yield self._link(number, row)

    def _link(self, number: int, row: dict[str, Any]) -> Link:
        kinds = {"sequence": int, "previous": str, "hash": str, "event": dict}
        if any(not isinstance(row.get(name), kind) for name, kind in kinds.items()):
            raise Unreadable(f"Line {number} is not an event.")
        people = self._people(number, row.get("people"))
        self.forgotten += "people" in row["event"] and people is None
        return Link(row["sequence"], row["previous"], row["hash"], row["event"], people)

    @staticmethod
    def _people(number: int, row: Any) -> People | None:
        match row:
            case None:
                return None
            case {"salt": str(salt), "facts": dict(facts)}:
                return People(salt, facts)
        raise Unreadable(f"Line {number} is not an event.")

    @staticmethod
    def _object(number: int, line: str) -> dict[str, Any]:
        try:
            row = read_json(line)
        except ValueError as error:
            raise Unreadable(f"Line {number} is not JSON ({error}).") from error
        if not isinstance(row, dict):
            raise Unreadable(f"Line {number} is not an object.")
        return row


def faults_of_head(head: Mapping[str, Any], *, called: str, team: str, public_key: str) -> Iterator[Fault]:
    if head["team"] != team:
        yield Fault(head["sequence"], f"is named by {called}, but that is of another team")
    if not is_signed(head, public_key):
        yield Fault(head["sequence"], f"is named by {called}, but the public key did not sign that")


KEPT = "a head that was kept"
OWN = "the head in the file"


def faults_of(export: Export, *, heads: Iterable[Mapping[str, Any]], public_key: str) -> Iterator[Fault]:
    """All that is wrong with a file; ``heads`` were kept elsewhere."""
    chain = Chain(export.team)
    for head in heads:
        chain.expect(head, called=KEPT)
        yield from faults_of_head(head, called=KEPT, team=export.team, public_key=public_key)
    for link in export.links():
        yield from chain.follow(link)
    for fault in chain.end():
        yield Fault(fault.sequence, f"{fault.sentence}: the file is older than that head, or was cut short")
    if export.head is None or export.lines_after_head:
        yield Fault(chain.sequence, "is the last event here, but the file does not end with its signed head")
        return
    yield from faults_of_head(export.head, called=OWN, team=export.team, public_key=public_key)
    if (export.head["sequence"], export.head["hash"]) != (chain.sequence, chain.hash):
        yield Fault(export.head["sequence"], f"is where the file's head ends, but its last event is {chain.sequence}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an exported audit log.")
    parser.add_argument("export", type=Path, help="the JSON lines that the audit page exports")
    parser.add_argument(
        "--head", type=Path, action="append", default=[], help="a signed head that was kept elsewhere, or several"
    )
    parser.add_argument("--key", help="the public key as the audit page shows it, instead of the files' own word")
    given = parser.parse_args(arguments)
    try:
        heads = [read_head(path.read_text(encoding="utf-8")) for path in given.head]
        with given.export.open(encoding="utf-8") as lines:
            return _report(Export(lines), heads=heads, key=given.key)
    except (Unreadable, OSError, UnicodeDecodeError) as error:
        _say(f"Cannot verify: {error}")
        return 2


def _report(export: Export, *, heads: list[dict[str, Any]], key: str | None) -> int:
    believed = key or (heads[0]["public_key"] if heads else str(export.heading.get("public_key")))
    broken = 0
    for fault in faults_of(export, heads=heads, public_key=believed):
        broken += 1
        _say(f"Event {fault.sequence} {fault.sentence}.")
    if broken:
        _say(f"NOT intact: {broken} fault{'' if broken == 1 else 's'}.")
        return 1
    if not key:
        _say("The public key is the files' own word: give --key with the one that the audit page shows.")
    if not heads:
        _say("Whether it was cut short, only a head that was kept elsewhere can tell: give it with --head.")
    if export.forgotten:
        _say(f"Of {export.forgotten} event{'' if export.forgotten == 1 else 's'} the file does not say who it was.")
    _say(f"Intact: {export.head['sequence'] if export.head else 0} events.")
    return 0


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main())
