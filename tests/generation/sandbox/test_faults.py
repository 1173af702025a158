import json
import time

import pytest
from django.test import Client

from generation.sandbox.books import books
from generation.sandbox.faults import BadFaults, Faults
from generation.sandbox.models import SandboxAsset, SandboxJob, SandboxKey
from tests.generation.sandbox.caller import Caller, Finish, Submit


@pytest.mark.parametrize(
    ("given", "said"),
    [([], "JSON object"), ({"explode": True}, "Unknown fault switch: explode"), ({"refuse": 418}, "refuse"),
     ({"refuse": True}, "refuse"), ({"delay_seconds": -1}, "delay_seconds"), ({"times": 0}, "times"),
     ({"webhook": "thrice"}, "webhook"), ({"failure": 1}, "failure"), ({"expired_links": 0}, "expired_links"),
     ({"on": "everything"}, "on must be"), ({"answer_after_seconds": 1000}, "answer_after_seconds"),
     ({"delay_seconds": float("nan")}, "delay_seconds"), ({"refuse": [1]}, "refuse")],
)  # fmt: skip
def test_bad_switches_are_named(given: object, said: str) -> None:
    with pytest.raises(BadFaults, match=said):
        Faults.parse(given)


def test_switches_survive_being_stored() -> None:
    given = {"refuse": 429, "retry_after": 7, "times": 2, "webhook": "late", "late_seconds": 1.5, "truncated_bytes": 2}
    assert Faults.parse(given).as_json() == given
    assert Faults.read("{}").as_json() == {}


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "unauthorized"), (402, "insufficient_credits"), (403, "forbidden"), (429, "rate_limit_exceeded"),
     (500, "internal_error"), (503, "internal_error")],
)  # fmt: skip
def test_a_refusal_costs_nothing(
    caller: Caller, account: SandboxKey, asset: SandboxAsset, status: int, code: str
) -> None:
    sent = {"model": "nanobanana", "asset_id": asset.id, "prompt": "x"}
    header = json.dumps({"refuse": status, "retry_after": 7})
    answer = caller.post("/v1/generate", sent, **{"X-Sandbox-Faults": header})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers.get("Retry-After") == ("7" if status == 429 else None)
    assert books(account).charges == ()


def test_stored_switches_end_after_so_many_requests(caller: Caller, asset: SandboxAsset) -> None:
    assert caller.put("/faults", {"refuse": 503, "times": 2}).status_code == 200
    sent = {"model": "nanobanana", "asset_id": asset.id, "prompt": "x"}
    caller.get("/v1/me")  # does not count: the switches are about generate
    assert [caller.post("/v1/generate", sent).status_code for _ in range(3)] == [503, 503, 202]
    assert SandboxKey.objects.get().faults == {}


def test_stored_switches_without_a_count_stay_until_they_are_cleared(caller: Caller, asset: SandboxAsset) -> None:
    caller.put("/faults", {"refuse": 500, "on": "jobs"})
    assert [caller.get("/v1/jobs").status_code for _ in range(3)] == [500, 500, 500]
    assert caller.get("/v1/me").status_code == 200
    caller.put("/faults", {})
    assert caller.get("/v1/jobs").status_code == 200


def test_bad_switches_by_http_are_refused(caller: Caller) -> None:
    answer = caller.put("/faults", {"refuse": 418})
    assert answer.status_code == 400
    header = caller.post("/v1/generate", {}, **{"X-Sandbox-Faults": "{"})
    assert header.status_code == 400
    assert "X-Sandbox-Faults" in header.json()["error"]["message"]


def test_failure_fails_the_job_and_refunds(caller: Caller, account: SandboxKey, submit: Submit, finish: Finish) -> None:
    job = finish(submit({"failure": True}))
    told = caller.get(f"/v1/jobs/{job.id}").json()
    assert (told["status"], told["error"]["code"]) == ("failed", "generation_failed")
    assert "tokens_used" not in told
    assert [(row.kind, row.credits) for row in books(account).charges] == [("charge", 3), ("refund", -3)]
    assert books(account).balance == 100


def test_delay_keeps_the_job_processing(submit: Submit, finish: Finish) -> None:
    assert finish(submit({"delay_seconds": 30})).status == "processing"


def test_expired_links_are_good_on_the_second_look(
    caller: Caller, submit: Submit, finish: Finish, client: Client
) -> None:
    job = finish(submit({"expired_links": 1}))
    first, second = (caller.get(f"/v1/jobs/{job.id}").json()["images"][0]["url"] for _ in range(2))
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200


def test_truncated_bytes_then_whole_ones(caller: Caller, submit: Submit, finish: Finish, client: Client) -> None:
    job = finish(submit({"truncated_bytes": 1}))
    url = caller.get(f"/v1/jobs/{job.id}").json()["images"][0]["url"]
    first, second = client.get(url), client.get(url)
    assert len(first.content) == len(second.content) // 2
    assert first["Content-Type"] == second["Content-Type"]


def test_wrong_type_for_good(caller: Caller, submit: Submit, finish: Finish, client: Client) -> None:
    job = finish(submit({"wrong_type": True}))
    url = caller.get(f"/v1/jobs/{job.id}").json()["images"][0]["url"]
    assert [client.get(url)["Content-Type"] for _ in range(2)] == ["text/html", "text/html"]


def test_a_held_back_answer_comes_late_but_was_carried_out(submit: Submit) -> None:
    before = time.monotonic()
    submit({"answer_after_seconds": 0.2})
    assert time.monotonic() - before >= 0.2
    assert SandboxJob.objects.count() == 1
