"""What happened to a job, in a marketer's words."""

from generation.models import HOLDING, Job, JobState

FAILURES = {
    "photo_missing": "The photo of this product is gone from the storage. Give the product a new photo.",
    "photo_unusable": "ProductAI took the product photo, but gave it no name that can be used. Try again.",
    "invalid_request": "ProductAI did not accept this request. Change the prompt or the photo and try again.",
    "not_found": "ProductAI could not find the product photo. Try again; if it stays so, upload the photo anew.",
    "generation_failed": "ProductAI could not make this picture. Try again, or change the prompt.",
    "pictures_lost": "ProductAI made the pictures, but they could not be fetched before its links expired.",
    "given_up": "You gave this job up.",
}
UNKNOWN = "ProductAI did not answer clearly. We are asking it whether the job runs, so that nothing is paid for twice."
REMOVED = "The team keeps pictures for a time only, and removed these since."
NEEDS_REVIEW = "Nobody can tell whether this job ran. Look into your ProductAI account, then decide."
"""An answer that comes late all the same ends the job, whatever was decided."""


def plural(count: int, noun: str) -> str:
    """``1 credit``, ``2,500 credits``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


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
    return f"It cost {plural(cost, 'credit')}." if cost else "Nothing was charged."


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
    return plural(credits(job), "credit")
