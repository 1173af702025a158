"""Requests a minute by plan, as a sliding window. Every request counts, refused ones do not."""

import math
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from generation.contract import PLAN_LIMITS, ContractError, ErrorCode
from generation.sandbox.models import CountedRequest, SandboxKey

WINDOW = timedelta(seconds=60)


def count_request(*, key: SandboxKey) -> None:
    """Raises ``ContractError(rate_limit_exceeded)`` with the seconds until a request would be taken again."""
    most = PLAN_LIMITS[key.plan]
    with transaction.atomic():
        SandboxKey.objects.select_for_update().get(pk=key.pk)
        now = timezone.now()
        requests = CountedRequest.objects.filter(key=key)
        # Further ahead than a window only a clock that was set back can have left.
        requests.filter(Q(at__lte=now - WINDOW) | Q(at__gt=now + WINDOW)).delete()
        in_the_way = requests.order_by("-at").values_list("at", flat=True)[most - 1 : most].first()
        if in_the_way is None:
            CountedRequest.objects.create(key=key, at=now)
            return
    wait = math.ceil((in_the_way + WINDOW - now).total_seconds())
    message = f"Rate limit exceeded. Try again in {wait} seconds."
    raise ContractError(ErrorCode.RATE_LIMIT_EXCEEDED, message, retry_after=wait)
