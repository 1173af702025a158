"""The ProductAI HTTP contract, written down once for the client, the sandbox and our own API.

Source: ProductAI's "Generate Image" page and its public jobs, assets, templates and account pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

PROMPT_MAX = 4_000
TEXT_MAX = 4_000
"""Characters of any other text: a link, an id, a name."""
PICTURES_MAX = 4
PHOTO_MAX_BYTES = 10 * 1024 * 1024


class JobStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class AspectRatio(StrEnum):
    SQUARE = "1:1"
    LANDSCAPE = "4:3"
    PORTRAIT = "3:4"
    WIDE = "16:9"
    TALL = "9:16"

    @property
    def value_ratio(self) -> float:
        """Width divided by height."""
        width, height = self.value.split(":")
        return int(width) / int(height)


@dataclass(frozen=True)
class ModelInfo:
    name: str
    credits: int
    """Price of one picture; a request costs this times ``num_images``."""
    summary: str


CATALOGUE: Mapping[str, ModelInfo] = {
    info.name: info
    for info in (
        ModelInfo("nanobanana2", 5, "Recommended: best balance of quality and speed"),
        ModelInfo("nanobananapro", 8, "Highest quality"),
        ModelInfo("nanobanana", 3, "Fast previews"),
        ModelInfo("kontext-pro", 3, "Understands the scene"),
        ModelInfo("kontext-max", 3, "Complex scenes"),
        ModelInfo("seedream", 3, "Creative and artistic"),
        ModelInfo("gpt-high", 8, "High fidelity"),
    )
}


def price(*, model: str, num_images: int) -> int:
    """Credits that a request costs."""
    return CATALOGUE[model].credits * num_images


class ErrorCode(StrEnum):
    INVALID_REQUEST = "invalid_request"
    UNAUTHORIZED = "unauthorized"
    INSUFFICIENT_CREDITS = "insufficient_credits"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    RATE_LIMIT_EXCEEDED = "rate_limit_exceeded"
    INTERNAL_ERROR = "internal_error"
    GENERATION_FAILED = "generation_failed"


STATUS_OF_CODE: Mapping[ErrorCode, int] = {
    ErrorCode.INVALID_REQUEST: 400,
    ErrorCode.UNAUTHORIZED: 401,
    ErrorCode.INSUFFICIENT_CREDITS: 402,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.RATE_LIMIT_EXCEEDED: 429,
    ErrorCode.INTERNAL_ERROR: 500,
}


class ContractError(Exception):
    """A request that the contract refuses; servers answer it as :meth:`as_json` with :attr:`status`."""

    def __init__(self, code: ErrorCode, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after = retry_after
        """Seconds to wait, only with ``rate_limit_exceeded``."""

    @property
    def status(self) -> int:
        return STATUS_OF_CODE.get(self.code, 500)

    def as_json(self) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code.value, "message": self.message}
        if self.retry_after is not None:
            error["retry_after"] = self.retry_after
        return {"error": error}


@dataclass(frozen=True)
class GenerateRequest:
    """The body of ``POST /v1/generate``, valid by construction when made by :meth:`parse`."""

    model: str
    prompt: str = ""
    image_url: str = ""
    asset_id: str = ""
    preset_id: str = ""
    num_images: int = 1
    aspect_ratio: str = AspectRatio.SQUARE.value
    webhook_url: str = ""

    @property
    def price(self) -> int:
        return price(model=self.model, num_images=self.num_images)

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value != ""}

    @classmethod
    def parse(cls, body: object) -> "GenerateRequest":
        """Check a decoded JSON body.

        Raises ``ContractError(invalid_request)`` whose message names the parameter.
        """
        if not isinstance(body, dict):
            raise _invalid("The request body must be a JSON object.")
        text = {name: _text(body, name) for name in ("model", "prompt", "image_url", "asset_id", "preset_id")}
        _check_model(text["model"])
        _check_source(text["image_url"], text["asset_id"])
        _check_prompt(text["prompt"], text["preset_id"])
        return cls(
            **text,
            num_images=_check_count(body.get("num_images", 1)),
            aspect_ratio=_check_ratio(body.get("aspect_ratio", AspectRatio.SQUARE.value)),
            webhook_url=_check_url("webhook_url", _text(body, "webhook_url")),
        )


def _invalid(message: str) -> ContractError:
    return ContractError(ErrorCode.INVALID_REQUEST, message)


def _text(body: Mapping[str, object], name: str) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _invalid(f"Invalid parameter: {name} must be a string")
    if name != "prompt" and len(value) > TEXT_MAX:
        raise _invalid(f"Invalid parameter: {name} must have at most {TEXT_MAX} characters")
    if not is_text(value):
        raise _invalid(f"Invalid parameter: {name} contains characters that are not text")
    return value.strip()


def is_text(value: str) -> bool:
    """Whether a string from JSON can be stored: escapes can smuggle in NUL and half a surrogate pair."""
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def _check_model(model: str) -> None:
    if not model:
        raise _invalid("Missing required parameter: model")
    if model not in CATALOGUE:
        raise _invalid(f"Invalid parameter: model must be one of {', '.join(CATALOGUE)}")


def _check_source(image_url: str, asset_id: str) -> None:
    if not image_url and not asset_id:
        raise _invalid("Missing required parameter: image_url or asset_id")
    if image_url and asset_id:
        raise _invalid("Invalid parameter: give either image_url or asset_id, not both")
    _check_url("image_url", image_url)


def _check_prompt(prompt: str, preset_id: str) -> None:
    if not prompt and not preset_id:
        raise _invalid("Missing required parameter: prompt")
    if len(prompt) > PROMPT_MAX:
        raise _invalid(f"Invalid parameter: prompt must have at most {PROMPT_MAX} characters")


def _check_url(name: str, url: str) -> str:
    if url and not url.lower().startswith(("http://", "https://")):
        raise _invalid(f"Invalid parameter: {name} must be an http or https URL")
    return url


def _check_count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= PICTURES_MAX:
        raise _invalid(f"Invalid parameter: num_images must be a whole number from 1 to {PICTURES_MAX}")
    return value


def _check_ratio(value: object) -> str:
    if not isinstance(value, str) or value not in list(AspectRatio):
        raise _invalid(f"Invalid parameter: aspect_ratio must be one of {', '.join(AspectRatio)}")
    return value


@dataclass(frozen=True)
class Accepted:
    """The 202 answer of ``POST /v1/generate``."""

    job_id: str
    status: str
    created_at: str
    estimated_time_seconds: int
    model: str
    num_images: int

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class ImageLink:
    url: str
    width: int
    height: int
    flaw: str = ""
    """In our own answers: what keeps the picture from being shown whole."""

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "flaw" or value}


@dataclass(frozen=True)
class RemoteJob:
    """A job as ``GET /v1/jobs/{job_id}`` shows it; times are ISO 8601 strings."""

    job_id: str
    status: JobStatus
    progress: int
    created_at: str
    model: str
    num_images: int
    started_at: str | None = None
    completed_at: str | None = None
    failed_at: str | None = None
    images: tuple[ImageLink, ...] = ()
    tokens_used: int | None = None
    error_code: str = ""
    error_message: str = ""

    def as_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "job_id": self.job_id,
            "status": self.status.value,
            "progress": self.progress,
            "created_at": self.created_at,
            "started_at": self.started_at,
            "model": self.model,
            "num_images": self.num_images,
        }
        if self.status is JobStatus.COMPLETED:
            shown |= {
                "completed_at": self.completed_at,
                "images": [image.as_json() for image in self.images],
                "tokens_used": self.tokens_used,
            }
        if self.status is JobStatus.FAILED:
            shown |= {
                "failed_at": self.failed_at,
                "error": {"code": self.error_code, "message": self.error_message},
            }
        return shown


@dataclass(frozen=True)
class RemoteAsset:
    """An uploaded asset: the 201 answer of ``POST /v1/training-asset``; sizes in pixels and bytes."""

    asset_id: str
    name: str
    status: str
    url: str
    thumbnail_url: str
    width: int
    height: int
    file_size: int
    format: str
    created_at: str
    tags: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return vars(self) | {"tags": list(self.tags)}


@dataclass(frozen=True)
class RemotePreset:
    preset_id: str
    name: str
    description: str
    category: str
    type: str
    thumbnail_url: str
    prompt: str
    created_at: str
    recommended_models: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return vars(self) | {"recommended_models": list(self.recommended_models)}


@dataclass(frozen=True)
class Account:
    """The answer of ``GET /v1/me``; :attr:`credits` are the generations left."""

    id: str
    email: str
    plan: str
    credits: int

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "email": self.email, "plan": self.plan, "credits": {"generations": self.credits}}


Item_co = TypeVar("Item_co", covariant=True)


@dataclass(frozen=True)
class Page(Generic[Item_co]):
    """One page of a list, newest first."""

    items: tuple[Item_co, ...]
    total: int
    limit: int
    offset: int
    unreadable: tuple[str, ...] = ()
    """Ids of entries that say what cannot be read; empty where the id is one of those things."""

    @property
    def count(self) -> int:
        return len(self.items) + len(self.unreadable)

    @property
    def has_more(self) -> bool:
        return self.offset + self.count < self.total

    def as_json(self, name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """The list answer with its ``rows`` under ``name`` (``jobs``, ``presets``, …)."""
        counts = {"total": self.total, "limit": self.limit, "offset": self.offset, "has_more": self.has_more}
        return {name: rows} | counts


PLAN_LIMITS: Mapping[str, int] = {"free": 10, "pro": 60, "enterprise": 600}
"""Requests a minute by plan; the enterprise figure is by agreement, this is only where one starts."""
