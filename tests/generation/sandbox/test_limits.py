import pytest
import time_machine
from django.utils import timezone

from generation.contract import ContractError
from generation.sandbox.limits import count_request
from generation.sandbox.models import SandboxKey
from tests.generation.sandbox.caller import Caller


@pytest.mark.parametrize(("plan", "most"), [("free", 10), ("pro", 60), ("enterprise", 600)])
def test_a_plan_allows_so_many_requests_in_any_minute(account: SandboxKey, plan: str, most: int) -> None:
    account.plan = plan
    with time_machine.travel(timezone.now(), tick=False) as clock:
        count_request(key=account)
        clock.shift(20)
        for _ in range(most - 1):
            count_request(key=account)
        with pytest.raises(ContractError) as refused:
            count_request(key=account)
        assert refused.value.retry_after == 40
        clock.shift(40)
        count_request(key=account)
        with pytest.raises(ContractError) as refused:
            count_request(key=account)
        assert refused.value.retry_after == 20


def test_the_refusal_says_when_to_come_back_in_body_and_header(caller: Caller, account: SandboxKey) -> None:
    SandboxKey.objects.update(plan="free")
    with time_machine.travel(timezone.now(), tick=False):
        answers = [caller.post("/v1/generate", {}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert answers[-1]["Retry-After"] == "60"
    assert answers[-1].json()["error"] == {
        "code": "rate_limit_exceeded",
        "message": "Rate limit exceeded. Try again in 60 seconds.",
        "retry_after": 60,
    }


def test_looking_counts_like_posting(caller: Caller, account: SandboxKey) -> None:
    SandboxKey.objects.update(plan="free")
    paths = ["me", "jobs", "jobs/job_unknown", "presets", "my-uploaded-assets"] * 2
    assert 429 not in [caller.get(f"/v1/{path}").status_code for path in paths]
    assert caller.post("/v1/generate", {}).status_code == caller.get("/v1/me").status_code == 429


def test_what_only_the_sandbox_has_does_not_count(caller: Caller, account: SandboxKey) -> None:
    SandboxKey.objects.update(plan="free")
    assert [caller.get("/books").status_code for _ in range(15)] == [200] * 15
    assert caller.get("/v1/me").status_code == 200


def test_accounts_do_not_slow_each_other_down(caller: Caller, outsider: Caller, account: SandboxKey) -> None:
    SandboxKey.objects.update(plan="free")
    for _ in range(11):
        last = caller.post("/v1/generate", {})
    assert last.status_code == 429
    assert outsider.post("/v1/generate", {}).status_code == 400
