"""The editor: rows of variables without a script, the live preview, and saving over one another."""

from typing import Any

import pytest
from django.test import Client

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.presets import actions, brand
from dashboard.presets.drafts import Draft, draft_of
from dashboard.presets.models import Preset
from dashboard.presets.variables import Variable
from dashboard.projects.models import Product
from tests.conftest import browser_of
from tests.ui.markup import one_line

FORM: dict[str, Any] = {
    "name": "Oak", "category": "studio", "description": "", "tags": "wood, shop", "visibility": "team",
    "template": "{{product}} on oak in {{season}}", "model": "seedream", "aspect_ratio": "3:4", "num_images": "2",
}  # fmt: skip
SEASON = {
    "v-0-name": "season", "v-0-kind": "choice", "v-0-label": "Season", "v-0-default": "spring",
    "v-0-choices": "spring\r\n\r\n autumn ", "v-0-help": "Of the year.", "v-0-required": "on",
}  # fmt: skip
MEANT = Variable("season", "choice", "Season", "spring", True, "Of the year.", ("spring", "autumn"))


@pytest.fixture
def browser(bob: User) -> Client:
    return browser_of(bob)


@pytest.fixture
def oak(creator: Actor) -> Preset:
    return actions.add(creator, Draft(name="Oak", template="{{product}} in {{season}}", variables=(MEANT,)))


def seen(browser: Client, row: Preset) -> str:
    return str(browser.get(f"/presets/{row.id}/edit/").context["edit"].seen)


def test_variables_are_saved_with_their_preset(browser: Client) -> None:
    answer = browser.post("/presets/new/", FORM | SEASON, follow=True)
    row = Preset.objects.get()
    assert draft_of(row).variables == (MEANT,) and row.tags == ["wood", "shop"]
    assert "must be filled in" in answer.content.decode()


def test_a_preset_opens_as_it_was_saved_and_saving_it_again_changes_nothing(browser: Client) -> None:
    browser.post("/presets/new/", FORM | SEASON)
    row = Preset.objects.get()
    page = browser.get(f"/presets/{row.id}/edit/").context
    sent = {name: page["form"][name].value() or "" for name in FORM} | {"tags": "wood, shop"}
    rows = {form.add_prefix(name): form[name].value() or "" for form in page["rows"].forms for name in form.fields}
    answer = browser.post(f"/presets/{row.id}/edit/", sent | rows | {"seen": page["edit"].seen}, follow=True)
    assert "Nothing was changed." in answer.content.decode()
    assert row.versions.count() == 1
    assert not AuditEvent.objects.filter(action="preset.edited").exists()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"v-0-name": ""}, "Give the variable a name, or remove it."),
        ({"v-0-name": "Season of year"}, "“Season of year” cannot be a variable&#x27;s name."),
        ({"v-0-choices": "spring"}, "Give Season 2 to 30 choices."),
        ({"v-0-default": "monsoon"}, "The default of Season does not fit"),
        ({"v-0-kind": "python"}, "python is not one of the available choices."),
        ({"v-1-name": "season", "v-1-kind": "text"}, "There are two variables called season."),
    ],
)
def test_what_is_wrong_with_a_variable_is_said_in_its_row(browser: Client, row: dict[str, str], sentence: str) -> None:
    answer = browser.post("/presets/new/", FORM | SEASON | row)
    assert answer.status_code == 422 and not Preset.objects.exists()
    assert sentence in answer.content.decode() and "Of the year." in answer.content.decode()


def test_rows_are_added_and_taken_out_without_saving(browser: Client, oak: Preset) -> None:
    more = browser.post(f"/presets/{oak.id}/edit/", FORM | SEASON | {"do": "add:mood", "name": "Half wri"})
    assert [form["name"].value() for form in more.context["rows"].forms] == ["season", "mood"]
    assert "Half wri" in more.content.decode() and "errorlist" not in more.content.decode()
    less = browser.post(f"/presets/{oak.id}/edit/", FORM | SEASON | {"v-1-name": "mood", "do": "remove:0"})
    assert [form["name"].value() for form in less.context["rows"].forms] == ["mood"]
    oak.refresh_from_db()
    assert oak.versions.count() == 1 and oak.name == "Oak"


def test_twenty_variables_are_enough(browser: Client) -> None:
    many = {f"v-{at}-name": f"v{at}" for at in range(20)}
    answer = browser.post("/presets/new/", FORM | many | {"do": "add"})
    assert len(answer.context["rows"].forms) == 20 and "Add a variable" not in answer.content.decode()


def test_the_preview_shows_what_is_filled_open_and_added(browser: Client, team: Team, ada: User, mug: Product) -> None:
    admin = Actor(team, Role.ADMIN, user=ada)
    brand.save(admin, prefix="Premium.", suffix="", banned_words=["cheap"], palette=[])
    words = FORM | SEASON | {"template": "{{product}} in {{season}}, {{mood}}"}
    html = one_line(browser.post("/presets/preview/", words).content.decode())
    assert f'<mark class="filled">{mug.name}</mark> in <mark class="filled">spring</mark>' in html
    assert '<mark class="slot">{{mood}}</mark>' in html and 'value="add:mood"' in html
    assert '<span class="from-kit">Premium. </span>' in html
    html = browser.post("/presets/preview/", words | {"template": "A Cheap {{x.y}}"}).content.decode()
    assert "Line 1, column 9: “x.y” cannot be a name." in html
    html = browser.post("/presets/preview/", words | {"template": "a Cheap look"}).content.decode()
    assert "“cheap” is a banned word" in html and "Season is not used in the prompt." in html


def test_the_preview_shows_markup_as_words(browser: Client) -> None:
    html = browser.post("/presets/preview/", FORM | {"template": "<script>alert(1)</script> {{x}}"}).content.decode()
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_saving_over_somebody_elses_version_asks_first(browser: Client, oak: Preset, ada: User) -> None:
    mine, theirs = seen(browser, oak), browser_of(ada)
    theirs.post(f"/presets/{oak.id}/edit/", FORM | SEASON | {"template": "hers {{season}}", "seen": seen(theirs, oak)})
    words = FORM | SEASON | {"template": "his {{season}}", "seen": mine}
    answer = browser.post(f"/presets/{oak.id}/edit/", words)
    assert answer.status_code == 409 and "his {{season}}" in answer.content.decode()
    assert "Ada changed this while you were editing" in answer.content.decode()
    browser.post(f"/presets/{oak.id}/edit/", words | {"seen": answer.context["edit"].seen})
    assert [one.template for one in oak.versions.order_by("number")][1:] == ["hers {{season}}", "his {{season}}"]


def test_an_edit_is_in_the_audit_log(browser: Client, oak: Preset) -> None:
    browser.post(f"/presets/{oak.id}/edit/", FORM | SEASON | {"seen": seen(browser, oak)})
    event = AuditEvent.objects.get(action="preset.edited")
    assert (event.before["template"], event.after["template"]) == ("{{product}} in {{season}}", FORM["template"])
