"""The provider's own books: what it charged and gave back, to compare with what we captured."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F

from generation.contract import ContractError, ErrorCode
from generation.sandbox.models import Charge, SandboxJob, SandboxKey


@dataclass(frozen=True)
class Books:
    """An account's balance and every entry, oldest first."""

    balance: int
    charges: tuple[Charge, ...]

    @property
    def spent(self) -> int:
        """Charges less refunds, in credits."""
        return sum(charge.credits for charge in self.charges)

    def as_json(self) -> dict[str, Any]:
        rows = [{"job_id": row.job_id, "credits": row.credits, "kind": row.kind} for row in self.charges]
        return {"balance": self.balance, "charges": rows}


def books(key: SandboxKey) -> Books:
    return Books(_available(key.pk), tuple(Charge.objects.filter(key=key).order_by("pk")))


def require_credits(*, key: SandboxKey, price: int) -> None:
    """Raises ``ContractError(insufficient_credits)``."""
    if _available(key.pk) < price:
        raise _insufficient(key.pk, price)


def charge(*, job: SandboxJob) -> None:
    """Take the job's price from the balance, in the caller's transaction.

    Raises ``ContractError(insufficient_credits)``, and then changed nothing.
    """
    paid = SandboxKey.objects.filter(pk=job.key_id, credits__gte=job.price).update(credits=F("credits") - job.price)
    if not paid:
        raise _insufficient(job.key_id, job.price)
    Charge.objects.create(key_id=job.key_id, job=job, kind=Charge.Kind.CHARGE, credits=job.price)


def _available(key_id: str) -> int:
    return SandboxKey.objects.values_list("credits", flat=True).get(pk=key_id)


def _insufficient(key_id: str, price: int) -> ContractError:
    message = f"Not enough credits. Required: {price}, Available: {_available(key_id)}"
    return ContractError(ErrorCode.INSUFFICIENT_CREDITS, message)


def refund(*, job: SandboxJob) -> None:
    SandboxKey.objects.filter(pk=job.key_id).update(credits=F("credits") + job.price)
    Charge.objects.create(key_id=job.key_id, job=job, kind=Charge.Kind.REFUND, credits=-job.price)
