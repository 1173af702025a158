"""The only writer of credit rows.

Every function runs inside its caller's transaction, next to the change of state that it pays for. The
account is changed by conditional updates: "sum, then insert" would grant the same credit twice. The caps and the
day's roll-up are written in the same transaction, under the lock of the account's row.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, QuerySet, Sum
from django.utils import formats, timezone

from generation.credits import caps, rebuild, rollup
from generation.credits.caps import CapUsage, Priced
from generation.errors import UserFacingError
from generation.models import Batch, CreditAccount, Hold, Job, LedgerEntry


class InsufficientCredits(UserFacingError):
    """The account cannot cover the hold; nothing was held."""

    def __init__(self, *, asked: int, left: int, sentence: str = "") -> None:
        super().__init__(sentence or f"This costs {asked:,} credits, but only {left:,} are left.")
        self.asked = asked
        self.left = left


class CapReached(InsufficientCredits):
    """A cap allows less than the hold; nothing was held. ``standing`` says whose, how much and until when."""

    def __init__(self, *, asked: int, standing: CapUsage) -> None:
        left = max(0, standing.left)
        sentence = f"This costs {asked:,} credits, but the {_label(standing)} allows only {left:,} more "
        sentence += f"(of {standing.limit:,}: {standing.spent:,} spent, {standing.held:,} held)."
        if standing.resets_at:
            sentence += f" It resets on {_date(standing.resets_at, standing)}."
        super().__init__(asked=asked, left=left, sentence=sentence)
        self.standing = standing


class HoldResolved(Exception):
    """The job's hold was captured or released before."""


class BadEntry(UserFacingError):
    """Such an entry is not written."""


def _label(standing: CapUsage) -> str:
    cap, kind = standing.cap, "monthly cap" if standing.resets_at else "cap"
    return f"{kind} of {cap.owner}{f', set by {cap.created_by},' if cap.created_by else ''}"


def _date(moment: datetime, standing: CapUsage) -> str:
    account = CreditAccount.objects.get(pk=standing.cap.team_id)
    return formats.date_format(moment.astimezone(account.zone), "j F")


def grant(*, team_id: str, credits: int, actor_id: int | None = None, reason: str = "") -> None:
    """Add ``credits`` to the team's account, which is opened by its first grant."""
    if not 0 < credits <= caps.MOST:
        raise ValueError("A grant adds at least one credit.")
    with transaction.atomic():
        caps.lock(team_id)
        CreditAccount.objects.filter(team_id=team_id).update(granted=F("granted") + credits)
        LedgerEntry.objects.create(
            account_id=team_id, kind=LedgerEntry.Kind.GRANT, granted=credits, actor_id=actor_id, reason=reason
        )


def hold(*, batch: Batch, jobs: Sequence[Priced], actor_id: int | None = None, spender_id: int | None = None) -> None:
    """Set aside the price of every job of a batch just written, or nothing.

    ``spender_id`` is the person against whose cap it counts. Raises :class:`InsufficientCredits`.
    """
    total = sum(job.price for job in jobs)
    with transaction.atomic():
        account = caps.lock(batch.team_id)
        now = timezone.now()  # only now: a month may have ended while others had the lock
        fits = CreditAccount.objects.filter(pk=account.pk, granted__gte=F("held") + F("spent") + total)
        if not fits.update(held=F("held") + total):
            raise InsufficientCredits(asked=total, left=account.left)
        if refusing := caps.take(account, jobs=jobs, spender_id=spender_id, at=now):
            raise CapReached(asked=caps.asked(refusing.cap, jobs), standing=refusing)
        _enter(batch, at=now, actor_id=actor_id, spender_id=spender_id)


def _enter(batch: Batch, *, at: datetime, actor_id: int | None, spender_id: int | None) -> None:
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_BATCH, [moment, spender_id, batch.id])
        cursor.execute(_ENTER_BATCH, [LedgerEntry.Kind.HOLD.value, actor_id, moment, batch.id])


# The database copies what the jobs say: a thousand jobs would take a thousand times the work in Python.
_HOLD_BATCH = """
INSERT INTO generation_hold (job_id, account_id, credits, held_at, spender_id)
SELECT id, team_id, price, %s, %s FROM generation_job WHERE batch_id = %s
"""
_ENTER_BATCH = """
INSERT INTO generation_ledgerentry (account_id, job_id, held, kind, granted, spent, actor_id, reason, created_at,
    project_id, member_id, api_key_id, preset_version_id, model, pictures)
SELECT team_id, id, price, %s, 0, 0, %s, '', %s,
    project_id, member_id, api_key_id, preset_version_id, model, 0
FROM generation_job WHERE batch_id = %s ORDER BY id
"""


def capture(*, job: Job, credits: int, pictures: int = 0, at: datetime | None = None) -> None:
    """Turn the job's hold into ``credits`` spent, the true cost, which may differ from the price.

    ``at`` is when its ``pictures`` were made, so that a day has the pictures that it paid for.
    """
    _resolve(job, kind=LedgerEntry.Kind.CAPTURE, at=at, spent=credits, pictures=pictures)


def charge(*, job: Job, credits: int, reason: str, pictures: int = 0, at: datetime | None = None) -> None:
    """Book what the provider charged for a job beside its hold, which stays as it is, open or resolved.

    It counts where the hold counts, and may exceed caps and account: the provider has the credits already.
    """
    _require(reason)
    with transaction.atomic():
        account = caps.lock(job.team_id)
        facts = {"spent": credits, "pictures": pictures, "reason": reason, "created_at": at or timezone.now()}
        _post(account, _entry(job, kind=LedgerEntry.Kind.CAPTURE, **facts))


def release(*, job: Job, actor_id: int | None = None) -> None:
    """Give the job's hold back; ``actor_id`` is the person who wanted that, if one did."""
    _resolve(job, kind=LedgerEntry.Kind.RELEASE, actor_id=actor_id)


def _resolve(job: Job, *, kind: LedgerEntry.Kind, at: datetime | None = None, **fields: int | None) -> None:
    with transaction.atomic():
        now = at or timezone.now()
        if not Hold.objects.filter(job=job, resolved_at=None).update(resolved_at=now):
            raise HoldResolved(job.id)
        account = caps.lock(job.team_id)
        entry = _entry(job, kind=kind, held=-job.price, created_at=now, **fields)
        _post(account, entry)


def release_all(*, team_id: str, jobs: QuerySet[Job], actor_id: int | None = None) -> int:
    """Give back the open holds of ``jobs``, which the caller has just ended, all at once; answers the credits."""
    with transaction.atomic():
        now = timezone.now()
        open_holds = Hold.objects.filter(account_id=team_id, job__in=jobs, resolved_at=None)
        found = list(open_holds.select_related("job"))
        if open_holds.update(resolved_at=now) != len(found):
            raise HoldResolved(f"some of {len(found)} jobs")
        caps.lock(team_id)
        CreditAccount.objects.filter(pk=team_id).update(held=F("held") - sum(hold.credits for hold in found))
        kind = LedgerEntry.Kind.RELEASE
        LedgerEntry.objects.bulk_create(
            _entry(hold.job, kind=kind, held=-hold.credits, created_at=now, actor_id=actor_id) for hold in found
        )
        _release_caps(team_id, found)
    return sum(hold.credits for hold in found)


def _release_caps(team_id: str, holds: Sequence[Hold]) -> None:
    """A batch's holds mostly share a project, a spender and a moment: one update for all that do."""
    alike: dict[tuple[str | None, int | None, datetime], int] = {}
    for hold in holds:
        key = (hold.job.project_id, hold.spender_id, hold.held_at)
        alike[key] = alike.get(key, 0) + hold.credits
    for (project_id, spender_id, held_at), credits in alike.items():
        caps.settle(team_id, project_id=project_id, spender_id=spender_id, held_at=held_at, held=-credits)


def refund(*, job: Job, credits: int, actor_id: int | None, reason: str) -> None:
    """Give back some of what a job cost. Raises :class:`BadEntry`."""
    with transaction.atomic():
        account = caps.lock(job.team_id)
        cost = paid(job)
        if not 0 < credits <= cost:
            raise BadEntry(f"This job cost {cost:,} credits; a refund gives back between 1 and that.")
        if credits > account.spent:
            raise BadEntry(f"Adjustments took back the rest; a refund gives back at most {account.spent:,} now.")
        _require(reason)
        _post(account, _entry(job, kind=LedgerEntry.Kind.REFUND, spent=-credits, actor_id=actor_id, reason=reason))


def adjust(
    *, team_id: str, actor_id: int | None, reason: str, spent: int = 0, granted: int = 0, job: Job | None = None
) -> None:
    """Put right, with a reason, what was spent or granted; with a ``job`` its caps count it too.

    Raises :class:`BadEntry` for an empty reason, no change, or one that leaves less than nothing spent or granted.
    """
    with transaction.atomic():
        account = caps.lock(team_id)
        _require(reason)
        if not (spent or granted) or max(abs(spent), abs(granted)) > caps.MOST:
            raise BadEntry(f"An adjustment changes the account by 1 to {caps.MOST:,} credits.")
        if account.spent + spent < 0 or account.granted + granted < 0:
            raise BadEntry("An adjustment cannot take back more than was ever spent or granted.")
        if job and spent < 0 and (cost := paid(job)) + spent < 0:
            raise BadEntry(f"This job cost {cost:,} credits; an adjustment cannot take back more than that.")
        kind = LedgerEntry.Kind.ADJUST
        entry = _entry(job, kind=kind, spent=spent, granted=granted, actor_id=actor_id, reason=reason)
        entry.account_id = team_id
        _post(account, entry)


def paid(job: Job) -> int:
    """What a job cost up to now, with refunds and adjustments."""
    return LedgerEntry.objects.filter(job=job).aggregate(paid=Sum("spent"))["paid"] or 0


def _require(reason: str) -> None:
    if not reason.strip():
        raise BadEntry("Say why, so that everybody can read it in the ledger.")


def _entry(job: Job | None, **fields: object) -> LedgerEntry:
    """An entry that carries what reports tell apart."""
    entry = LedgerEntry(**fields)
    if job:
        entry.job, entry.account_id, entry.model = job, job.team_id, job.model
        entry.project_id, entry.preset_version_id = job.project_id, job.preset_version_id
        entry.member_id, entry.api_key_id = job.member_id, job.api_key_id
    return entry


def _post(account: CreditAccount, entry: LedgerEntry) -> None:
    """Write an entry of a locked account, and what follows from it."""
    entry.save(force_insert=True)
    CreditAccount.objects.filter(pk=account.pk).update(
        granted=F("granted") + entry.granted, held=F("held") + entry.held, spent=F("spent") + entry.spent
    )
    if entry.job and caps.count_for(account.pk):
        hold = Hold.objects.get(pk=entry.job_id)
        caps.settle(
            account.pk,
            project_id=entry.project_id,
            spender_id=hold.spender_id,
            held_at=hold.held_at,
            held=entry.held,
            spent=entry.spent,
        )
    if entry.spent or entry.pictures:
        captured = int(entry.kind == LedgerEntry.Kind.CAPTURE)
        rollup.add(
            account, at=entry.created_at, job=entry.job, spent=entry.spent, jobs=captured, pictures=entry.pictures
        )


def set_time_zone(*, team_id: str, name: str) -> None:
    """Let the team's days and months begin elsewhere; what is kept by day and by month is counted anew."""
    with transaction.atomic():
        account = caps.lock(team_id)
        if account.time_zone == name:
            return
        account.time_zone = name
        account.save(update_fields=["time_zone"])
        caps.move_months(account)
        rebuild.rebuild(account)


def left(*, team_id: str) -> int:
    """Credits that a new hold may take; zero for a team without an account."""
    account = CreditAccount.objects.filter(team_id=team_id).first()
    return account.left if account else 0
