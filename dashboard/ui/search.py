"""What is typed into a search box, within bounds: every word is looked for in every row."""

from dataclasses import dataclass
from typing import Self, TypeVar

from django.db.models import Model, QuerySet

from generation.text import words_of

Row = TypeVar("Row", bound=Model)
LENGTH_MAX = 200
WORDS_MAX = 12


@dataclass(frozen=True)
class Search:
    text: str = ""
    """As it was typed, as far as it is looked for."""
    words: tuple[str, ...] = ()
    """Folded, each once."""
    note: str = ""
    """A sentence for whoever typed more than is looked for."""

    @classmethod
    def of(cls, typed: str) -> Self:
        """Only the beginning of what is too long, without what no database takes."""
        whole = typed.replace("\0", "").strip()
        text = whole[:LENGTH_MAX]
        words = words_of(text)
        if len(whole) > LENGTH_MAX:
            return cls(text, words[:WORDS_MAX], f"Only the first {LENGTH_MAX} characters are searched for.")
        if len(words) > WORDS_MAX:
            return cls(text, words[:WORDS_MAX], f"Only the first {WORDS_MAX} words are searched for.")
        return cls(text, words)

    def narrow(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Those that have every word in their folded text."""
        for word in self.words:
            rows = rows.filter(search_text__contains=word)
        return rows
