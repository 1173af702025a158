"""Accounts at the sandbox: opening one, knowing one by its key, and its fault switches."""

import base64
import hashlib
import secrets
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from generation.contract import ContractError, ErrorCode
from generation.sandbox.faults import Faults
from generation.sandbox.models import SandboxJob, SandboxKey


def open_account(*, email: str, plan: str, credits: int) -> tuple[SandboxKey, str]:
    """Return the account of ``email`` and its API key, opening it with ``credits`` when there is none.

    Idempotent: the key is derived from the installation's secret, so the same call returns the same key, and an
    account that exists keeps its plan and balance.
    """
    text = f"sk_sandbox_{salted_hmac('packshot.sandbox.key', email, algorithm='sha256').hexdigest()[:40]}"
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
    opened = {"plan": plan, "credits": credits, "webhook_secret": secret, "key_hash": hash_of(text)}
    account, _ = SandboxKey.objects.update_or_create(
        email=email, defaults={"key_hash": hash_of(text)}, create_defaults=opened
    )
    return account, text


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def authenticate(header: str) -> SandboxKey:
    """Return the account that an ``Authorization`` header names.

    Raises ``ContractError`` with ``unauthorized``, or ``forbidden`` for a suspended account.
    """
    scheme, _, key = header.partition(" ")
    account = SandboxKey.objects.filter(key_hash=hash_of(key.strip())).first() if scheme.lower() == "bearer" else None
    if account is None:
        raise ContractError(ErrorCode.UNAUTHORIZED, "Invalid or missing API key")
    if account.suspended:
        raise ContractError(ErrorCode.FORBIDDEN, "This API key is suspended")
    return account


def set_faults(*, key: SandboxKey, faults: Faults) -> None:
    SandboxKey.objects.filter(pk=key.pk).update(faults=faults.as_json())


def take_faults(*, key: SandboxKey, endpoint: str) -> Faults:
    """The stored switches for a request to ``endpoint``; the request counts against ``times``."""
    if Faults.parse(key.faults).on != endpoint or not key.faults:
        return Faults()
    with transaction.atomic():
        stored = SandboxKey.objects.select_for_update().get(pk=key.pk)
        faults = Faults.parse(stored.faults)
        if faults.on != endpoint:
            return Faults()
        if faults.times is not None:
            left = stored.faults | {"times": faults.times - 1}
            SandboxKey.objects.filter(pk=key.pk).update(faults=left if faults.times > 1 else {})
    return faults


def spend_fault(*, job: SandboxJob, name: str) -> bool:
    """Whether the job's switch ``name`` is on, counting down one that is on only so many times."""
    if not job.faults.get(name):
        return False
    with transaction.atomic():
        faults: dict[str, Any] = SandboxJob.objects.select_for_update().get(pk=job.pk).faults
        left = faults.get(name, False)
        if not left or left is True:
            return bool(left)
        SandboxJob.objects.filter(pk=job.pk).update(faults=faults | {name: left - 1})
    return True
