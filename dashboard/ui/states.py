"""How a job's state is shown: words, colour and icon, in cards, filters and files alike."""

from dataclasses import dataclass

from generation.models import JobState


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """``tone`` is one of neutral, accent, good, warn, bad; ``live`` cards wait for news; ``waiting`` ones shimmer."""

    label: str
    tone: str
    icon: str
    live: bool = True
    waiting: bool = True


JOB_LOOKS: dict[str, Look] = {
    JobState.QUEUED: Look(label="Queued", tone="neutral", icon="clock"),
    JobState.SUBMITTING: Look(label="Sending", tone="accent", icon="send"),
    JobState.SUBMITTED: Look(label="Rendering", tone="accent", icon="loader-circle"),
    JobState.RENDERED: Look(label="Rendered", tone="accent", icon="download"),
    JobState.STORING: Look(label="Storing", tone="accent", icon="download"),
    JobState.COMPLETED: Look(label="Done", tone="good", icon="check", live=False, waiting=False),
    JobState.FAILED: Look(label="Failed", tone="bad", icon="triangle-alert", live=False, waiting=False),
    JobState.CANCELLED: Look(label="Cancelled", tone="neutral", icon="ban", live=False, waiting=False),
    JobState.UNKNOWN: Look(label="Checking", tone="warn", icon="circle-question-mark"),
    JobState.NEEDS_REVIEW: Look(label="Needs you", tone="warn", icon="hand", waiting=False),
}
