"""Whatever JSON arrives at ``POST /v1/generate``: a clear refusal that costs nothing, never a 500."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.accounts.models import Team
from dashboard.projects.models import Product
from generation.contract import CATALOGUE, price
from generation.credits import ledger
from generation.models import Job
from tests.api.conftest import Script

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def bodies(asset_id: str) -> st.SearchStrategy[Any]:
    """Bodies near the contract: each parameter right, wrong or missing."""
    urls = st.sampled_from(["http://", "http://[::1", "http://127.0.0.1:1/a", "https://10.0.0.1/é", "http://x:y@:0/"])
    parameters: dict[str, st.SearchStrategy[Any]] = {
        "model": st.sampled_from([*CATALOGUE]) | anything,
        "asset_id": st.just(asset_id) | anything,
        "image_url": urls | anything,
        "prompt": st.text(min_size=1, max_size=50) | anything,
        "preset_id": anything,
        "num_images": st.integers(-1, 6) | anything,
        "aspect_ratio": st.sampled_from(["1:1", "16:9", "2:1"]) | anything,
        "webhook_url": urls | st.just("https://example.com/hook") | anything,
    }
    return st.fixed_dictionaries({}, optional=parameters) | anything


@pytest.mark.django_db
def test_arbitrary_json_never_breaks_and_never_charges(script: Script, team: Team, mug: Product) -> None:
    ledger.grant(team_id=team.id, credits=1_000_000)
    before = ledger.left(team_id=team.id)

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(bodies(mug.asset_id))
    def check(body: Any) -> None:
        charged = before - ledger.left(team_id=team.id)
        answer = script.client.post(
            "/v1/generate", json.dumps(body), content_type="application/json", headers=script.headers
        )
        cost = before - ledger.left(team_id=team.id) - charged
        assert answer.status_code in {202, 400, 404}, answer.content
        if answer.status_code == 202:
            job = Job.objects.get(pk=answer.json()["job_id"])
            assert cost == price(model=job.model, num_images=job.num_images)
        else:
            assert cost == 0
            assert answer.json()["error"]["message"]

    check()
