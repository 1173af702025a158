"""What list endpoints take in their query, and the page that it asks for."""

from enum import StrEnum
from typing import TypeVar

from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import Field

from dashboard.presets.models import Preset
from generation.contract import JobStatus, Page

Row = TypeVar("Row", bound=Model)
LIMIT_MAX = 100
OFFSET_MAX = 1_000_000_000


class PresetType(StrEnum):
    SYSTEM = "system"
    USER = "user"


class Paging(Schema):
    limit: int = Field(50, ge=1, le=LIMIT_MAX)
    offset: int = Field(0, ge=0, le=OFFSET_MAX)


class Jobs(Paging):
    limit: int = Field(20, ge=1, le=LIMIT_MAX)
    status: JobStatus | None = None


class Assets(Paging):
    pass


class Presets(Paging):
    category: Preset.Category | None = None
    type: PresetType | None = None


def page(rows: QuerySet[Row], asked: Paging) -> Page[Row]:
    found = tuple(rows[asked.offset : asked.offset + asked.limit])
    return Page(found, rows.count(), asked.limit, asked.offset)
