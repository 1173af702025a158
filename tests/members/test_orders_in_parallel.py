"""The same press at the same moment: one order and one answer for all, on both engines."""

from collections.abc import Callable
from typing import Any

PROGRAM = """
import json, re, threading
from concurrent.futures import ThreadPoolExecutor
import django
django.setup()
from django.conf import settings
from django.db import connection
from django.test import Client
from dashboard.accounts.models import ApiKey, IdempotencyKey, Invitation, Membership, Role, Team, User
from dashboard.accounts.order_tokens import new_token
from dashboard.projects.models import Product, Project
from generation.credits import integrity, ledger
from generation.pipeline import jobs
from generation.models import Asset, Batch, Connection, CreditAccount, Job, LedgerEntry

settings.ALLOWED_HOSTS = ["testserver"]
THREADS = 6
team = Team.objects.create(name="Northwind")
alice = User.objects.create_user(email="alice@example.com")
Membership.objects.create(team=team, user=alice, role=Role.OWNER)
Connection.objects.create(team=team, base_url="http://127.0.0.1:9/v1", key="key")
ledger.grant(team_id=team.pk, credits=1000)
asset = Asset.objects.create(team=team, original="a", display="a", thumbnail="a", mime="image/jpeg", sha256="0" * 64,
                             size=1, width=1, height=1)
product = Product.objects.create(team=team, name="Camp mug", asset=asset)

def at_once(address, fields, tokens, **headers):
    gate = threading.Barrier(len(tokens))
    browsers = [Client() for _ in tokens]
    for browser in browsers:
        browser.force_login(alice)
    def press(browser, token):
        try:
            gate.wait()
            answer = browser.post(address, fields | {"order": token}, headers=headers)
            found = re.findall(r"ps_[\\w-]{30,}|accounts/invitation/[\\w-]{43}", answer.content.decode())
            return [answer.status_code, answer.headers.get("Location", ""), sorted(set(found))]
        finally:
            connection.close()
    with ThreadPoolExecutor(len(tokens)) as pool:
        answers = list(pool.map(press, browsers, tokens))
    return [list(answer) for answer in {json.dumps(one): one for one in answers}.values()]

same = [new_token()] * THREADS
spec = {"product": product.pk, "scene": "write", "prompt": "On marble", "model": "nanobanana2", "aspect_ratio": "1:1",
        "num_images": "1"}
seen = {}
seen["generate"] = at_once("/generate/", spec, same)
seen["htmx"] = [one[0] for one in at_once("/generate/", spec | {"prompt": "On slate"}, same, **{"HX-Request": "true"})]
seen["two pages"] = at_once("/generate/", spec | {"prompt": "On linen"}, [new_token(), new_token()])
job = Job.objects.order_by("id").first()
seen["again"] = at_once(f"/jobs/{job.pk}/again/", {}, same)
jobs.cancel(job)
seen["retry"] = at_once(f"/jobs/{job.pk}/retry/", {}, same)
seen["adjust"] = at_once("/spend/ledger/adjust/", {"figure": "granted", "credits": "7", "reason": "Paid"}, same)
seen["key"] = at_once("/settings/keys/", {"name": "Nightly"}, same)
seen["invitation"] = at_once("/settings/members/", {"email": "", "role": "20", "days": "7"}, same)
seen["project"] = at_once("/projects/new/", {"name": "Spring", "brief": ""}, same)
seen["team"] = at_once("/accounts/team/new/", {"name": "Southwind"}, same)
counts = {row.__name__: row.objects.count() for row in (Batch, ApiKey, Invitation, Project, Team, IdempotencyKey)}
counts |= {"granted": CreditAccount.objects.get(team=team).granted}
counts |= {"faults": [str(row) for row in integrity.violations()]}
print(json.dumps([seen, counts]))
"""


def test_equal_presses_at_the_same_moment_are_one_order(outcome: Callable[..., Any]) -> None:
    seen, counts = outcome("-c", PROGRAM, with_valkey=True)
    assert {name: len(answers) for name, answers in seen.items()} == dict.fromkeys(seen, 1), "all are answered alike"
    assert seen.pop("htmx") == [200]
    assert all(status in {200, 302} for answers in seen.values() for status, _, _ in answers), seen
    # Of two pages both are made.
    assert counts == {
        "Batch": 6,
        "ApiKey": 1,
        "Invitation": 1,
        "Project": 1,
        "Team": 2,
        "IdempotencyKey": 11,
        "granted": 1007,
        "faults": [],
    }
    assert len(seen["key"][0][2]) == len(seen["invitation"][0][2]) == 1
