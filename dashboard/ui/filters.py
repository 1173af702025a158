"""A list's filters as its address holds them: one value each, and empty means all."""

from dataclasses import dataclass, fields
from urllib.parse import urlencode

from django.core.validators import slug_re
from django.http import QueryDict

VALUE_MAX = 200


def identifier(text: str) -> str:
    """``text`` if it can be an id at all, else nothing: PostgreSQL refuses to compare some characters."""
    return text if len(text) <= VALUE_MAX and slug_re.match(text) else ""


@dataclass(frozen=True, kw_only=True)
class AddressFilters:
    """Subclasses are dataclasses whose fields are the names in the address."""

    def __bool__(self) -> bool:
        return any(vars(self).values())

    @classmethod
    def given(cls, address: QueryDict) -> dict[str, str]:
        """What an address says of each filter, short and without what no database takes."""
        return {field.name: address.get(field.name, "").replace("\0", "").strip()[:VALUE_MAX] for field in fields(cls)}

    def address(self, path: str = "", **changes: str) -> str:
        """``path``, or the present page, with these filters, some of them changed."""
        values = {name: value for name, value in {**vars(self), **changes}.items() if value}
        return f"{path}?{urlencode(values)}" if values else path or "?"
