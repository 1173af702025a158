"""Columns that hold other columns' texts as they are compared. The row's own ``save`` writes them, and nobody else.

Databases fold case and sort in ways of their own; these columns are compared as they are, alike on every engine.
"""

from collections.abc import Iterable
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Func

from generation.text import fold_for_uniqueness, searchable

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField  # fields cannot be subscripted at run time


class _FoldedField(_Text):
    """Folds the texts and lists of texts that ``sources`` name; ``current.template`` is that of another row."""

    def __init__(self, *sources: str, **options: Any) -> None:
        self.sources = sources
        options.setdefault("editable", False)
        options.setdefault("default", "")
        super().__init__(**options)

    @property
    def depends_on(self) -> set[str]:
        """The columns of the row itself."""
        return {source.partition(".")[0] for source in self.sources}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        values = (reduce(_get, source.split("."), model_instance) for source in self.sources)
        texts = [text for value in values for text in (value if isinstance(value, (list, tuple)) else [value or ""])]
        folded = self.fold(map(str, texts))
        setattr(model_instance, self.attname, folded)
        return folded

    def fold(self, texts: Iterable[str]) -> str:
        raise NotImplementedError

    def deconstruct(self) -> Any:
        """As Django's own field: migrations describe a column, and import no code that may move."""
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.TextField", args, options

    def clone(self) -> Any:
        """Django copies a field by what it deconstructs to, which knows no sources here."""
        _, _, _, options = super().deconstruct()
        return type(self)(*self.sources, **options)


def _get(row: Any, name: str) -> Any:
    return getattr(row, name, None)


class SearchTextField(_FoldedField):
    """What the row is found and sorted by: a line of folded text for each that is not empty, in the order given."""

    def fold(self, texts: Iterable[str]) -> str:
        return searchable(*texts)


class NameKeyField(_FoldedField):
    """What may not come twice, as ``fold_for_uniqueness`` gives it."""

    def fold(self, texts: Iterable[str]) -> str:
        return fold_for_uniqueness(" ".join(texts))


class TagKeysField(_FoldedField):
    """A line for each tag, with a line's end on either side: ``contains`` with :func:`tag_key` finds a whole tag."""

    def fold(self, texts: Iterable[str]) -> str:
        keys = "\n".join(fold_for_uniqueness(text) for text in texts)
        return f"\n{keys}\n" if keys else ""


def tag_key(tag: str) -> str:
    return f"\n{fold_for_uniqueness(tag)}\n"


class FoldedRow(models.Model):
    """A row with folded columns, which ``save(update_fields=…)`` writes with what they are folded from."""

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        if update_fields is not None:
            named = set(update_fields)
            folded = (field for field in self._meta.concrete_fields if isinstance(field, _FoldedField))
            update_fields = named | {field.name for field in folded if field.depends_on & named}
        super().save(*args, update_fields=update_fields, **options)


class _InCodeOrder(Func):
    """Text by its code points, as SQLite sorts it, whatever collation the database has."""

    template = "%(expressions)s"
    arity = 1

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template='(%(expressions)s) COLLATE "C"', **context)


def by_text(column: str = "search_text") -> Func:
    """The order of a folded column: as people sort names, with their accents and capitals aside."""
    return _InCodeOrder(F(column))
