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
from dashboard.accounts.models import ApiKey, Membership, Role, Team, User
from dashboard.accounts.order_tokens import new_token
from dashboard.api.models import CallerDelivery
from dashboard.audit.models import AuditEvent
from dashboard.members.keys import authenticate, issue
from dashboard.presets.models import BrandKit, Preset, PresetVersion
from dashboard.projects.models import Product, Project
from dashboard.studio.actions import JobSpec, start
from generation.admin import ReadOnly
from generation.contract import ContractError
from generation.credits import ledger
from generation.models import Attempt, Connection, Image, Job, LedgerEntry, WebhookDelivery
from tests.conftest import browser_of
from tests.forms import form_to

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
    spec = JobSpec(product=mug, prompt="x", model="nanobanana", aspect_ratio="1:1", num_images=1, project=project)
    job = start(acting, specs=[spec]).jobs.get()
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


def test_the_connections_key_is_never_shown(operator: Client, rows: None) -> None:
    for shown in ("change", "history"):
        assert "sandbox-key" not in operator.get(page(Connection, shown, Connection.objects.get().pk)).content.decode()
    assert "sandbox-key" not in operator.get(page(Connection, "changelist")).content.decode()


def test_every_page_refuses_changes_or_is_known_to_record_them() -> None:
    """Whoever lets operators change another thing has to record it, and to show that below."""
    assert set(EDITABLE) == {User, Team}
    assert set(admin.site._registry) - set(OURS) <= {model for model in admin.site._registry if is_sandboxs(model)}
    actions = {shown.model: set(shown.actions) for shown in admin.site._registry.values() if shown.actions}
    assert actions == {User: {"remove_second_factors"}, ApiKey: {"revoke"}}


def is_sandboxs(model: type[Model]) -> bool:
    """The sandbox plays ProductAI, whose books are not a team's data."""
    return model._meta.app_label == "sandbox"


@pytest.mark.parametrize("model", EDITABLE, ids=named)
def test_people_and_teams_cannot_be_deleted(operator: Client, rows: None, model: type[Model]) -> None:
    row = first(model)
    assert operator.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    operator.post(page(model, "changelist"), chosen)
    assert model._default_manager.filter(pk=row.pk).exists()


def person_form(person: User, **instead: str) -> dict[str, str]:
    joined = person.date_joined
    form = {"email": person.email, "name": person.name, "is_active": "on"}
    form |= {"date_joined_0": str(joined.date()), "date_joined_1": str(joined.time())}
    return {name: value for name, value in (form | instead).items() if value}


def test_what_an_operator_changes_of_a_person_is_in_the_log_of_each_of_their_teams(
    operator: Client, team: Team, bob: User, charlie: User
) -> None:
    theirs = charlie.memberships.get().team
    Membership.objects.create(team=theirs, user=bob, role=Role.VIEWER)
    form = person_form(bob, email="Robert@example.com", is_active="", is_staff="on")
    assert operator.post(page(User, "change", bob.pk), form).status_code == 302
    events = AuditEvent.objects.filter(action="person.changed")
    assert {event.team for event in events} == {team, theirs}
    for event in events:
        assert (event.actor, event.before["email"], event.after["email"]) == (
            "olga@example.com", "bob@example.com", "robert@example.com"
        )  # fmt: skip
        assert (event.before["is_active"], event.after["is_active"], event.after["is_staff"]) == (True, False, True)


def test_a_person_saved_as_they_were_leaves_no_event(operator: Client, team: Team, bob: User) -> None:
    assert operator.post(page(User, "change", bob.pk), person_form(bob)).status_code == 302
    assert not AuditEvent.objects.exists()


def test_a_password_that_an_operator_gives_is_recorded_and_not_told(operator: Client, team: Team, bob: User) -> None:
    form = {"usable_password": "true", "password1": "quiet tall lamp", "password2": "quiet tall lamp"}
    assert operator.post(reverse("admin:auth_user_password_change", args=[bob.pk]), form).status_code == 302
    event = AuditEvent.objects.get()
    assert (event.action, event.after["password_replaced"]) == ("person.changed", True)
    bob.refresh_from_db()
    assert not any(secret in str(event.after) for secret in ("quiet tall lamp", bob.password))


def test_operators_change_their_own_password_where_it_is_recorded(operator: Client) -> None:
    assert operator.get(reverse("admin:password_change"))["Location"] == "/accounts/password/change/"


def test_an_operator_opens_a_team_and_grants_it_credits(operator: Client, alice: User) -> None:
    form = {"name": "Newcomers", "grant": "50", "reason": "Welcome", "memberships-TOTAL_FORMS": "1"}
    form |= {
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-user": str(alice.pk),
        "memberships-0-role": "40",
        "order": new_token(),
    }
    assert operator.post(page(Team, "add"), form).status_code == 302
    team = Team.objects.get(name="Newcomers")
    assert ledger.left(team_id=team.id) == 50
    assert Membership.objects.get(team=team).user == alice
    told = [(event.action, event.after) for event in AuditEvent.objects.filter(team=team).order_by("sequence")]
    assert told == [
        ("team.founded", {"name": "Newcomers"}),
        ("credits.granted", {"credits": 50, "reason": "Welcome"}),
        ("member.added", {"member": "alice@example.com", "role": "Owner"}),
    ]


def test_an_operators_grant_that_is_sent_twice_counts_once(operator: Client, team: Team, alice: User) -> None:
    address = page(Team, "change", team.pk)
    member = Membership.objects.get(team=team)
    shown = operator.get(address).content.decode()
    form = form_to(shown, address, page=address).fields | {"grant": ["50"], "reason": ["Paid"]}
    form["memberships-0-role"] = [str(member.role)]
    answers = [operator.post(address, form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert ledger.left(team_id=team.id) == 150
    assert operator.post(address, form | {"order": [new_token()]}).status_code == 302
    assert ledger.left(team_id=team.id) == 200
    refused = operator.post(address, form | {"order": [""]})
    assert "Open this form again before you send it." in refused.content.decode()
    assert ledger.left(team_id=team.id) == 200


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
