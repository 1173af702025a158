"""What happened to a job, in a marketer's words."""

from generation.models import HOLDING, Job, JobState
from generation.plurals import counted

FAILURES = {
    "photo_missing": "This product's photo is missing from storage. Upload a new one.",
    "photo_unusable": "ProductAI took the product photo, but its answer cannot be used. Try again.",
    "invalid_request": "ProductAI did not accept this request. Change the prompt or the photo and try again.",
    "not_found": "ProductAI could not find the product photo. Try again. If that does not help, upload it again.",
    "generation_failed": "ProductAI could not make this picture. Try again, or change the prompt.",
    "pictures_lost": "ProductAI made the pictures, but they could not be fetched before its links expired.",
    "given_up": "This job was given up.",
}
UNKNOWN = "ProductAI's answer was unclear. We are checking whether the job runs, so that nothing is paid for twice."
REMOVED = "These pictures have been removed, as your team keeps pictures only for a time."
NEEDS_REVIEW = "We cannot tell whether this job ran. Check your ProductAI account, then decide."
"""An answer that comes late all the same ends the job, whatever was decided."""


def explain(job: Job) -> str:
    """One or two sentences on a job that did not go as it was asked for; nothing for the others."""
    match job.state:
        case JobState.FAILED:
            why = FAILURES.get(job.error_code, FAILURES["generation_failed"])
            return f"{why} {charged(job)}"
        case JobState.UNKNOWN:
            return UNKNOWN
        case JobState.NEEDS_REVIEW:
            return NEEDS_REVIEW
        case JobState.RENDERED | JobState.STORING | JobState.COMPLETED:
            return job.error_message  # other pictures than were asked for
        case _:
            return ""


def charged(job: Job) -> str:
    cost = job.tokens_used or 0
    return f"It cost {counted(cost, 'credit')}." if cost else "Nothing was charged."


def credits(job: Job) -> int:
    """What a job holds, or what it cost; of one that was sent again, both."""
    if job.state == JobState.CANCELLED:
        return 0
    if job.state in HOLDING:
        return job.price + (job.tokens_used or 0)
    return job.price if job.tokens_used is None else job.tokens_used


def cost(job: Job) -> str:
    """What a job holds, cost or gave back."""
    if job.state == JobState.CANCELLED:
        return "nothing charged"
    return counted(credits(job), "credit")
