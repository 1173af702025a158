from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from generation.credits.integrity import violations
from generation.models import CreditAccount, Hold, Job, JobState
from generation.pipeline import jobs

Order = Callable[..., Job]


def sentences() -> list[str]:
    return [violation.sentence for violation in violations()]


def test_a_ledger_in_order_has_no_findings(order: Order, capsys: pytest.CaptureFixture[str]) -> None:
    order()
    cancelled = order()
    jobs.cancel(cancelled)
    assert sentences() == []
    call_command("ledger_check")
    assert capsys.readouterr().out == "The ledger adds up.\n"


def test_a_figure_that_somebody_changed_is_found(order: Order, capsys: pytest.CaptureFixture[str]) -> None:
    order()
    CreditAccount.objects.update(granted=500)
    assert sentences() == ["granted is 500, its entries say 100"]
    with pytest.raises(CommandError, match="does not add up: 1 violation"):
        call_command("ledger_check")


def test_a_hold_of_an_ended_job_is_found(order: Order) -> None:
    job = order()
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
    assert sentences() == ["its hold of 10 is open though the job is failed"]


def test_a_live_job_whose_hold_was_resolved_is_found(order: Order) -> None:
    order()
    Hold.objects.update(resolved_at=timezone.now())
    assert sentences()[:2] == ["it is queued and has no open hold", "held is 10, its open holds sum up to 0"]


def test_a_live_job_without_any_hold_is_found(order: Order) -> None:
    order()
    Hold.objects.all().delete()
    assert "it is queued and has no open hold" in sentences()


def test_a_hold_that_is_not_the_price_is_found(order: Order) -> None:
    order()
    Job.objects.update(price=11)
    assert sentences() == ["its hold is 10, its price 11"]
