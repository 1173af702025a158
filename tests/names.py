"""What names stand for in a test. Nobody outside is asked."""

import socket
from collections import Counter
from typing import Any

_ANSWER = socket.getaddrinfo
_OWN = {None, "", "localhost", socket.gethostname()}


class Names:
    """Knows this machine and what a test says; every other name is unknown at once, with a network or without."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self._answers: dict[str, list[list[str]]] = {}

    def stand(self, host: str, *answers: list[str]) -> None:
        """Let a name stand for some addresses: for the next ones at each question, and in the end for the last."""
        self._answers[host] = list(answers)

    def getaddrinfo(self, host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        if isinstance(host, bytes):
            host = host.decode()
        name = (host or "").lower().rstrip(".")
        found = self._answers.get(name)
        if found is None:
            flags = 0 if host in _OWN else socket.AI_NUMERICHOST
            return _ANSWER(host, port, *rest, **options | {"flags": options.get("flags", 0) | flags})
        self.asked[name] += 1
        addresses = found.pop(0) if len(found) > 1 else found[0]
        return [one for address in addresses for one in _ANSWER(address, port, *rest, **options)]
