"""``/audit/``: who did what, for admins and owners, narrowed by the address."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Membership, Role, Team, User
from dashboard.audit import lines
from dashboard.audit.models import AuditEvent
from dashboard.audit.record import record
from dashboard.projects.actions import add_product
from tests.audit.conftest import Log, unprotected
from tests.conftest import browser_of
from tests.pictures import photo


def shown(client: Client, address: str = "/audit/", **headers: str) -> list[int]:
    """Sequences of the events on a page, in their order."""
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return [int(found) for found in re.findall(r'hx-get="/audit/(\d+)/', answer.content.decode())]


PAGES = ["/audit/", "/audit/1/", "/audit/log.csv", "/audit/log.jsonl", "/audit/head.json", "/audit/verify.py"]


@pytest.mark.parametrize("page", PAGES)
def test_is_for_admins_and_owners(log: Log, alice: User, ada: User, bob: User, vera: User, page: str) -> None:
    log(1)
    told = {person.name: browser_of(person).get(page).status_code for person in (alice, ada, bob, vera)}
    assert told == {"Alice": 200, "Ada": 200, "Bob": 403, "Vera": 403}


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_asked_to_sign_in(client: Client, db: None, page: str) -> None:
    assert client.get(page)["Location"].startswith("/accounts/login/")


def test_an_outsider_sees_nothing_of_it(log: Log, charlie: User) -> None:
    log(2)
    browser = browser_of(charlie)
    assert shown(browser) == []
    assert browser.get("/audit/1/").status_code == 404
    for page in ("/audit/log.csv", "/audit/log.jsonl", "/audit/?q=Ada"):
        assert "Ada" not in browser.get(page).getvalue().decode().replace("?q=Ada", "").replace('value="Ada"', "")


def test_only_those_who_may_see_it_have_it_in_their_rail(ada: User, bob: User) -> None:
    assert 'href="/audit/"' in browser_of(ada).get("/audit/").content.decode()
    assert 'href="/audit/"' not in browser_of(bob).get("/gallery/").content.decode()


def test_says_in_plain_words_who_did_what(admin: Actor, ada: User) -> None:
    product = add_product(admin, photo=photo(), filename="camp-mug.jpg")
    record(admin, "picture.approved", "img_0rx9yr67hfvmmv73h31fqwrk2w")
    record(admin, "batch.started", "batch_0rx9yr67hfvmmv73h31fqwrk2w", after={"jobs": 12, "credits": 60})
    record(admin, "batch.started", "batch_0rx9yr67hfvmmv73h31fqwrk2w")
    record(admin, "brand_kit.palette_chosen", "brand_1")
    page = re.sub(r"<[^>]+>|\s+", " ", browser_of(ada).get("/audit/").content.decode())
    assert "Ada added a product Camp mug" in re.sub(" +", " ", page)
    assert "Ada approved a picture …qwrk2w" in re.sub(" +", " ", page)
    assert "Ada started a batch for 60 credits" in re.sub(" +", " ", page)
    assert "Ada started a batch …qwrk2w" in re.sub(" +", " ", page)
    assert "Ada changed a brand kit: palette chosen" in re.sub(" +", " ", page)
    event = browser_of(ada).get("/audit/1/", headers={"HX-Request": "true"}).content.decode()
    assert f'href="/products/{product.id}/"' in event
    assert "<!doctype" not in event


def test_an_event_shows_what_was_before_and_after(admin: Actor, ada: User) -> None:
    before = {"name": "Spring", "brief": "<b>", "same": 1, "gone": [1]}
    record(
        admin, "project.edited", "proj_1", before=before, after={"name": "Summer", "brief": "", "same": 1, "new": True}
    )
    page = browser_of(ada).get("/audit/1/").content.decode()
    assert re.findall(r"<dt>(\w+)</dt>", page) == ["Name", "Brief", "New", "Gone"]
    assert re.findall(r"(?:before|after): </span>([^<]*)</(del|ins)>", page) == [
        ("Spring", "del"), ("Summer", "ins"), ("&lt;b&gt;", "del"), ("Empty", "ins"), ("Yes", "ins"),
        ("1", "del"),
    ]  # fmt: skip


READ = [
    (["studio", "hero"], "studio, hero"),
    ({"name": "season", "choices": ["spring", "autumn"]}, "Name: season\nChoices: spring, autumn"),
    ([{"name": "season", "is_open": True}, {"name": "colour"}], "• Name: season\n  Is open: Yes\n• Name: colour"),
    ({"deep": {"er": [None, 12345]}}, "Deep: Er: None, 12,345"),
    ("2026-12-01T01:30:00+01:00", "1 December 2026, 00:30, UTC"),
    ("2026-99-01T01:30:00Z", "2026-99-01T01:30:00Z"),
    ("2026-12-01", "2026-12-01"),
    (0.5, "0.5"),
]


@pytest.mark.parametrize(("fact", "text"), READ)
def test_facts_are_written_for_people(fact: object, text: str) -> None:
    (change,) = lines.changes(AuditEvent(after={"fact": fact}))
    assert (change.before, change.after) == (None, text)


def test_facts_are_called_as_on_the_page_where_they_are_set() -> None:
    told = [change.name for change in lines.changes(AuditEvent(after={"template": "x", "approve_own": 1, "sku": "x"}))]
    assert told == ["Prompt", "May approve their own work", "Sku"]


@pytest.fixture
def mixed(admin: Actor, creator: Actor, team: Team, ada: User) -> dict[str, int]:
    """One event for each filter, which alone matches it."""
    key, _ = ApiKey.issue(team=team, name="Nightly", created_by=ada)
    record(admin, "team.renamed", team.id, after={"name": "Nordwind"})
    record(creator, "job.cancelled", "job_1")
    record(Actor(team, Role.CREATOR, api_key=key), "batch.started", "batch_1")
    record(Actor(team, Role.OWNER), "connection.paused", "conn_1")
    record(admin, "preset.edited", "preset_1", before={"template": "Am Fenster, schön"}, after={"template": "Dusk"})
    with unprotected() as cursor:
        then = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
        cursor.execute("UPDATE audit_auditevent SET created_at = %s WHERE sequence = 1", [then])
    return {
        f"who={creator.user and creator.user.pk}": 2, f"who={key.id}": 3, "who=task": 4, "action=batch.started": 3,
        "object=preset_1": 5, "since=2026-03-01&until=2026-03-01": 1, "until=2026-03-02": 1, "q=cancelled+a+job": 2,
        "q=NIGHTLY": 3, "q=conn_1": 4, "q=schön": 5, "q=nordwind": 1,
        "q=SCHON+fenster": 5, "q=batch+NIGHTLY+started": 3, "q=prompt+dusk": 5,
    }  # fmt: skip


def test_each_filter_narrows_to_what_it_says(mixed: dict[str, int], ada: User) -> None:
    browser = browser_of(ada)
    assert shown(browser) == [5, 4, 3, 2, 1]
    assert {address: shown(browser, f"/audit/?{address}") for address in mixed} == {
        address: [sequence] for address, sequence in mixed.items()
    }


@pytest.mark.parametrize("text", ["f6", "u00f6", "%25", "[", '"', "after"])
def test_what_no_event_says_finds_none(mixed: dict[str, int], ada: User, text: str) -> None:
    assert shown(browser_of(ada), f"/audit/?q={text}") == []


def test_events_from_before_folded_texts_are_found_as_they_were(mixed: dict[str, int], ada: User) -> None:
    with unprotected() as cursor:
        cursor.execute("UPDATE audit_auditevent SET search_text = NULL")
    assert shown(browser_of(ada), "/audit/?q=NORDWIND") == [1]
    assert shown(browser_of(ada), "/audit/?q=cancelled+a+job") == [2]


def test_filters_add_up_and_can_be_taken_away(mixed: dict[str, int], ada: User) -> None:
    page = browser_of(ada).get("/audit/?action=batch.started&who=task&since=2026-01-01").content.decode()
    assert "Nothing matches" in page
    assert 'href="/audit/?who=task&amp;since=2026-01-01"' in page
    assert 'href="/audit/?who=task&amp;action=batch.started"' in page


def test_who_left_the_team_can_still_be_chosen(mixed: dict[str, int], ada: User, bob: User) -> None:
    Membership.objects.filter(user=bob).delete()
    assert f'href="/audit/?who={bob.pk}">Bob<' in browser_of(ada).get("/audit/").content.decode()


NONSENSE = [
    "who=²", f"who={'9' * 40}", "who=x", "since=2026-02-31", "since=x", "until=0001-01-01", "until=9999-12-31", "q=%00",
    "before=x", "before=²", f"before={'9' * 19}", f"before={'9' * 99}", "action=" + "x" * 999, "object=%00", "day=%00",
]  # fmt: skip


@pytest.mark.parametrize("address", NONSENSE)
def test_nonsense_in_the_address_harms_nothing(log: Log, ada: User, address: str) -> None:
    log(1)
    browser = browser_of(ada)
    assert browser.get(f"/audit/?{address}").status_code == 200
    assert browser.get(f"/audit/log.csv?{address}").status_code == 200


def test_an_event_that_cannot_be_is_not_found(log: Log, ada: User) -> None:
    assert browser_of(ada).get(f"/audit/{'9' * 30}/").status_code == 404


def test_the_next_page_goes_on_where_the_first_ended(log: Log, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "PAGE", 3)
    log(8)
    browser, seen, address, headings = browser_of(ada), [], "/audit/?q=spring", 0
    while address:
        page = browser.get(address, headers={"HX-Request": "true"} if seen else {}).content.decode()
        seen += [int(found) for found in re.findall(r'hx-get="/audit/(\d+)/', page)]
        headings += page.count('"audit-day"')
        following = re.search(r'hx-get="(/audit/\?[^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert seen == [8, 7, 6, 5, 4, 3, 2, 1]
    assert headings == 1


@pytest.mark.parametrize("page", ["/audit/", "/audit/log.csv", "/audit/log.jsonl"])
def test_takes_a_bounded_number_of_queries(log: Log, ada: User, page: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(page).getvalue()
        return len(captured)

    browser = browser_of(ada)
    browser.get("/audit/")  # the first request of a while also notes that she was here
    log(1)
    few = queries()
    log(20)
    assert queries() == few <= 16


def test_an_empty_log_says_what_will_be_here(ada: User) -> None:
    assert "Nothing happened yet" in browser_of(ada).get("/audit/").content.decode()


def test_the_command_that_verifies_names_the_files_as_they_are_downloaded(log: Log, ada: User, tmp_path: Path) -> None:
    """It is the one that the page shows, run where the files were saved."""
    log(2)
    browser = browser_of(ada)
    for address in ("/audit/log.jsonl", "/audit/head.json", "/audit/verify.py"):
        answer = browser.get(address)
        name = re.findall(r'filename="(.+)"', answer["Content-Disposition"])[0]
        (tmp_path / name).write_bytes(answer.getvalue())
    command = re.findall(r"<code>python3 (.+?)</code>", browser.get("/audit/").content.decode())[0].split()
    done = subprocess.run(
        [sys.executable, "-I", "-S", *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "Intact: 2 events.\n")
