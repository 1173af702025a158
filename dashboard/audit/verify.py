"""The audit chain's arithmetic, and a verifier of exported files that needs nothing but Python.

    python3 verify.py export.jsonl [--head head.json] [--key PUBLIC_KEY]

Exit status 0: intact; 1: not; 2: the file cannot be read. Each event's hash is SHA-256 over the line
``packshot-audit-1``, the previous event's hash, the sequence and the event's canonical JSON (sorted keys, no
spaces, ASCII), so a change anywhere is a change of every hash after it. A signed head says how long the chain was.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    CAN_CHECK_SIGNATURES = False
else:
    CAN_CHECK_SIGNATURES = True

FORMAT = "packshot-audit-1"
GENESIS = "0" * 64
"""What the first event of a team follows."""
SIGNED = ("team", "sequence", "hash", "at")
"""The facts of a head that its signature covers."""


class Unreadable(Exception):
    """The file is no export, or no head; the text is one clear sentence."""


@dataclass(frozen=True)
class Link:
    """One event with its place in the chain."""

    sequence: int
    previous: str
    hash: str
    event: Mapping[str, Any]


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


class Chain:
    """Follows one team's events in the order of their sequence and says what does not fit."""

    def __init__(self, team: str, heads: Iterable[Mapping[str, Any]] = ()) -> None:
        self.team = team
        self.sequence, self.hash = 0, GENESIS
        self._heads: dict[int, set[str]] = {}
        for head in heads:
            self._heads.setdefault(head["sequence"], set()).add(head["hash"])

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
        if any(known != link.hash for known in self._heads.pop(link.sequence, ())):
            yield Fault(link.sequence, "is not the event that the signed head names")
        self.sequence, self.hash = link.sequence, link.hash

    def end(self) -> Iterator[Fault]:
        """Faults that show only once all events were seen."""
        longest = max(self._heads, default=0)
        if longest > self.sequence:
            yield Fault(longest, f"is named by a signed head, but the last event here is {self.sequence}")


def signed_text(head: Mapping[str, Any]) -> bytes:
    """What the Ed25519 signature of a head covers."""
    return f"{FORMAT} head\n{canonical({name: head[name] for name in SIGNED})}".encode()


def is_signed(head: Mapping[str, Any], public_key: str) -> bool:
    """Whether the head carries this key's signature (both base64); needs ``cryptography``."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(head["signature"], validate=True), signed_text(head))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return True


def read_head(text: str) -> dict[str, Any]:
    """A signed head from its file. Raises :class:`Unreadable`."""
    try:
        head = json.loads(text)
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
        self.heading = self._object(*next(self._lines, (1, "")))
        if self.heading.get("format") != FORMAT or not isinstance(self.heading.get("team"), dict):
            raise Unreadable("The first line is not the heading of an audit export.")
        self.team = str(self.heading["team"].get("id"))
        self.head: dict[str, Any] | None = None
        self.lines_after_head = False

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

    @staticmethod
    def _link(number: int, row: dict[str, Any]) -> Link:
        kinds = {"sequence": int, "previous": str, "hash": str, "event": dict}
        if any(not isinstance(row.get(name), kind) for name, kind in kinds.items()):
            raise Unreadable(f"Line {number} is not an event.")
        return Link(row["sequence"], row["previous"], row["hash"], row["event"])

    @staticmethod
    def _object(number: int, line: str) -> dict[str, Any]:
        try:
            row = json.loads(line)
        except ValueError as error:
            raise Unreadable(f"Line {number} is not JSON.") from error
        if not isinstance(row, dict):
            raise Unreadable(f"Line {number} is not an object.")
        return row


def faults_of_head(head: Mapping[str, Any], *, team: str, public_key: str) -> Iterator[Fault]:
    if head["team"] != team:
        yield Fault(head["sequence"], "is named by a signed head of another team")
    if head["public_key"] != public_key or (CAN_CHECK_SIGNATURES and not is_signed(head, public_key)):
        yield Fault(head["sequence"], "is named by a head whose signature is not the team's key's")


def faults_of(export: Export, *, head: Mapping[str, Any] | None, public_key: str) -> Iterator[Fault]:
    """All that is wrong with a file; ``head`` is one that was kept elsewhere."""
    chain = Chain(export.team, heads=[head] if head else [])
    if head:
        yield from faults_of_head(head, team=export.team, public_key=public_key)
    for link in export.links():
        yield from chain.follow(link)
    yield from chain.end()
    if export.head is None or export.lines_after_head:
        yield Fault(chain.sequence, "is the last event here, but the file does not end with its signed head")
        return
    yield from faults_of_head(export.head, team=export.team, public_key=public_key)
    if (export.head["sequence"], export.head["hash"]) != (chain.sequence, chain.hash):
        yield Fault(export.head["sequence"], f"is where the file's head ends, but its last event is {chain.sequence}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an exported audit log.")
    parser.add_argument("export", type=Path, help="the JSON lines that the audit page exports")
    parser.add_argument("--head", type=Path, help="a signed head that was kept elsewhere: finds a file cut short")
    parser.add_argument("--key", help="the public key as the audit page shows it, instead of the file's own word")
    given = parser.parse_args(arguments)
    try:
        head = read_head(given.head.read_text(encoding="utf-8")) if given.head else None
        with given.export.open(encoding="utf-8") as lines:
            return _report(Export(lines), head=head, key=given.key)
    except (Unreadable, OSError, UnicodeDecodeError) as error:
        _say(f"Cannot verify: {error}")
        return 2


def _report(export: Export, *, head: dict[str, Any] | None, key: str | None) -> int:
    broken = 0
    for fault in faults_of(export, head=head, public_key=key or str(export.heading.get("public_key"))):
        broken += 1
        _say(f"Event {fault.sequence} {fault.sentence}.")
    if not CAN_CHECK_SIGNATURES:
        _say("Signatures were not checked: the Python package cryptography is not here.")
    if not key:
        _say("The public key is the file's own; give --key with the one that the audit page shows.")
    _say(f"NOT intact: {broken} fault{'' if broken == 1 else 's'}." if broken else "Intact.")
    return 1 if broken else 0


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main())
