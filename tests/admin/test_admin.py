"""The operators' pages: everything can be found, money and history cannot be edited, no key is shown."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dashboard.accounts.access import Actor
from dashboard.accounts.keys import authenticate, issue
from dashboard.accounts.models import ApiKey, Membership, Role, Team, User
from dashboard.api.models import CallerDelivery
from dashboard.audit.models import AuditEvent
from dashboard.presets.models import BrandKit, Preset, PresetVersion
from dashboard.projects.models import Product, Project
from dashboard.studio.actions import Wish, start
from generation import ledger
from generation.admin import ReadOnly
from generation.contract import ContractError
from generation.models import Attempt, Connection, Image, Job, LedgerEntry, WebhookDelivery
from tests.conftest import browser_of

OURS = [model for model in admin.site._registry if model._meta.app_label not in {"auth", "sandbox", "account"}]
READ_ONLY = [model for model in OURS if isinstance(admin.site._registry[model], ReadOnly)]
EDITABLE = [model for model in OURS if model not in READ_ONLY]


@pytest.fixture
def operator(db: None) -> Client:
    return browser_of(get_user_model().objects.create_superuser(email="olga@example.com", password="correct horse"))


def one_of_everything(team: Team, alice: User, mug: Product) -> None:
    """A row in every table that has a page."""
    acting = Actor(team, Role.OWNER, user=alice, address="192.0.2.7")
    key, _ = issue(acting, name="Nightly")
    preset = Preset.objects.create(team=team, name="Marble")
    PresetVersion.objects.create(preset=preset, number=1, template="On marble", created_by=alice)
    BrandKit.objects.create(team=team, prefix="Premium.")
    project = Project.objects.create(team=team, name="Spring")
    wish = Wish(product=mug, prompt="x", model="nanobanana", aspect_ratio="1:1", num_images=1, project=project)
    job = start(acting, wishes=[wish]).jobs.get()
    attempt = Attempt.objects.create(job=job, connection_id=job.connection_id, token_hash=f"hash of {job.id}")
    WebhookDelivery.objects.create(attempt=attempt, digest=job.id)
    Image.objects.create(team=team, job=job, index=0, source_url="https://provider.example/a")
    CallerDelivery.objects.create(job=job, api_key=key)


@pytest.fixture
def rows(team: Team, alice: User, mug: Product) -> None:
    one_of_everything(team, alice, mug)


def page(model: type[Model], name: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def first(model: type[Model]) -> Model:
    found = model._default_manager.first()
    assert found is not None, f"one_of_everything makes no {model.__name__}"
    return found


def named(model: type[Model]) -> str:
    return model.__name__


def test_money_and_history_are_read_only() -> None:
    assert {LedgerEntry, Attempt, WebhookDelivery, AuditEvent, Job, PresetVersion, CallerDelivery} <= set(READ_ONLY)


@pytest.mark.parametrize("model", OURS, ids=named)
def test_lists_search_and_pages_open(operator: Client, rows: None, model: type[Model]) -> None:
    shown: ModelAdmin[Any] = admin.site._registry[model]
    assert shown.search_fields
    assert operator.get(page(model, "changelist")).status_code == 200
    assert operator.get(page(model, "changelist"), {"q": "north"}).status_code == 200
    assert operator.get(page(model, "change", first(model).pk)).status_code == 200


@pytest.mark.parametrize("model", READ_ONLY, ids=named)
def test_read_only_rows_cannot_be_written(operator: Client, rows: None, model: type[Model]) -> None:
    row = first(model)
    before = model._default_manager.filter(pk=row.pk).values().get()
    assert operator.get(page(model, "add")).status_code == 403
    assert operator.post(page(model, "change", row.pk), {"state": "completed", "spent": 0}).status_code == 403
    assert operator.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("model", EDITABLE, ids=named)
def test_what_operators_write_has_a_form(operator: Client, rows: None, model: type[Model]) -> None:
    assert operator.get(page(model, "add")).status_code == 200


@pytest.mark.parametrize("model", OURS, ids=named)
def test_a_list_takes_as_many_queries_for_more_rows(
    operator: Client, rows: None, team: Team, alice: User, mug: Product, model: type[Model]
) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            operator.get(page(model, "changelist"))
        counts.append(len(queries))
        other = Team.objects.create(name=f"Team {team.pk}")
        Connection.objects.create(team=other, base_url="http://127.0.0.1:9/v1")
        ledger.grant(team_id=other.id, credits=10)
        one_of_everything(other, alice, mug)
    assert counts[0] == counts[1]


def test_only_staff_come_in(alice: User, team: Team) -> None:
    answer = browser_of(alice).get(reverse("admin:index"))
    assert answer.status_code == 302


def test_the_connections_key_is_written_and_never_shown(operator: Client, rows: None) -> None:
    row = Connection.objects.get()
    change = page(Connection, "change", row.pk)
    form = {"team": row.team_id, "base_url": row.base_url, "dialect": "bearer", "plan_limit": 60}
    form |= {"photo_delivery": "asset"}
    assert operator.post(change, form | {"new_key": ""}).status_code == 302
    assert Connection.objects.get().key == "sandbox-key"
    assert operator.post(change, form | {"new_key": "sk-fresh"}).status_code == 302
    assert Connection.objects.get().key == "sk-fresh"
    for shown in (change, page(Connection, "changelist"), page(Connection, "history", row.pk)):
        html = operator.get(shown).content.decode()
        assert "sk-fresh" not in html
        assert "sandbox-key" not in html


def test_an_operator_opens_a_team_and_grants_it_credits(operator: Client, alice: User) -> None:
    form = {"name": "Newcomers", "grant": "50", "reason": "Welcome", "memberships-TOTAL_FORMS": "1"}
    form |= {"memberships-INITIAL_FORMS": "0", "memberships-0-user": str(alice.pk), "memberships-0-role": "40"}
    assert operator.post(page(Team, "add"), form).status_code == 302
    team = Team.objects.get(name="Newcomers")
    assert ledger.left(team_id=team.id) == 50
    assert Membership.objects.get(team=team).user == alice
    event = AuditEvent.objects.get(action="credits.granted")
    assert (event.team, event.after) == (team, {"credits": 50, "reason": "Welcome"})


def test_an_operator_adds_a_person_who_can_sign_in(operator: Client, client: Client) -> None:
    form = {"email": "Nina@example.com", "name": "Nina", "usable_password": "true"}
    form |= {"password1": "quiet tall lamp", "password2": "quiet tall lamp"}
    assert operator.post(page(User, "add"), form).status_code == 302
    assert client.login(email="Nina@example.com", password="quiet tall lamp")


def test_an_operator_revokes_keys(operator: Client, team: Team, alice: User) -> None:
    row, key = issue(Actor(team, Role.OWNER, user=alice), name="Lost laptop")
    chosen = {"action": "revoke", "_selected_action": [row.pk]}
    assert operator.post(page(ApiKey, "changelist"), chosen, follow=True).status_code == 200
    with pytest.raises(ContractError):
        authenticate(f"Bearer {key}", address=None)
    assert AuditEvent.objects.filter(action="key.revoked", user__email="olga@example.com").exists()
