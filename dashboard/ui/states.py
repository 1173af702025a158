"""How a job's state is shown: words, colour and icon."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """``tone`` is one of neutral, accent, good, warn, bad; ``live`` cards wait for news; ``waiting`` ones shimmer."""

    label: str
    tone: str
    icon: str
    live: bool = True
    waiting: bool = True


QUEUED = Look(label="Queued", tone="neutral", icon="clock")
JOB_LOOKS = {
    "queued": QUEUED,
    "submitting": Look(label="Sending", tone="accent", icon="send"),
    "submitted": Look(label="Rendering", tone="accent", icon="loader-circle"),
    "rendered": Look(label="Rendered", tone="accent", icon="download"),
    "storing": Look(label="Storing", tone="accent", icon="download"),
    "completed": Look(label="Done", tone="good", icon="check", live=False, waiting=False),
    "failed": Look(label="Failed", tone="bad", icon="triangle-alert", live=False, waiting=False),
    "cancelled": Look(label="Cancelled", tone="neutral", icon="ban", live=False, waiting=False),
    "unknown": Look(label="Checking", tone="warn", icon="circle-question-mark"),
    "needs_review": Look(label="Needs you", tone="warn", icon="hand", waiting=False),
}
