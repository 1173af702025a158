"""A project's page and its place in the list: cover, spend, products, activity."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.audit.models import AuditEvent
from dashboard.projects import overview
from dashboard.projects.actions import add_product
from dashboard.projects.models import Product, Project
from dashboard.studio.actions import JobSpec, start
from dashboard.ui.counts import Tally
from generation.credits import ledger
from generation.models import Image, Job
from tests.conftest import browser_of
from tests.gallery.conftest import stored
from tests.pictures import photo


@pytest.fixture
def browser(bob: User) -> Client:
    return browser_of(bob)


@pytest.fixture
def spring(team: Team) -> Project:
    return Project.objects.create(team=team, name="Spring launch")


def ask(acting: Actor, product: Product, project: Project | None) -> Job:
    spec = JobSpec(
        product=product, prompt="On marble", model="nanobanana", aspect_ratio="1:1", num_images=2, project=project
    )
    return start(acting, specs=[spec]).jobs.get()


def test_the_newest_picture_is_the_cover_until_one_is_chosen(
    browser: Client, creator: Actor, mug: Product, spring: Project
) -> None:
    first, second = stored(ask(creator, mug, spring), count=2)
    assert overview.summaries([spring])[0].cover == second
    browser.post(f"/projects/{spring.id}/cover/", {"picture": first.id})
    spring.refresh_from_db()
    assert overview.summaries([spring])[0].cover == first
    assert AuditEvent.objects.get(action="project.cover_chosen").after == {"cover": first.id}
    browser.post(f"/projects/{spring.id}/cover/", {"picture": ""})
    spring.refresh_from_db()
    assert spring.cover is None


def test_a_cover_comes_from_the_projects_own_pictures(
    browser: Client, creator: Actor, mug: Product, spring: Project
) -> None:
    (other,) = stored(ask(creator, mug, None))
    assert browser.post(f"/projects/{spring.id}/cover/", {"picture": other.id}).status_code == 404


def test_spend_is_what_the_ledger_says(browser: Client, creator: Actor, mug: Product, spring: Project) -> None:
    done, waiting, elsewhere = ask(creator, mug, spring), ask(creator, mug, spring), ask(creator, mug, None)
    ledger.capture(job=done, credits=5)
    ledger.capture(job=elsewhere, credits=7)
    (summary,) = overview.summaries([spring])
    assert (summary.spend.captured, summary.spend.held) == (5, waiting.price)
    assert f"0 pictures · {5 + waiting.price} credits" in browser.get("/projects/").content.decode()


def test_the_page_shows_the_products_that_its_jobs_show(
    browser: Client, creator: Actor, mug: Product, spring: Project
) -> None:
    add_product(creator, photo=photo(colour="#aa3300"), filename="vase.jpg")
    ask(creator, mug, spring)
    ask(creator, mug, spring)
    context = browser.get(f"/projects/{spring.id}/").context
    assert (context["products"], context["product_count"]) == ([mug], Tally(1))


def test_pictures_lead_into_the_gallery_of_the_project(
    browser: Client, creator: Actor, mug: Product, spring: Project
) -> None:
    stored(ask(creator, mug, spring))
    stored(ask(creator, mug, None))
    answer = browser.get(f"/projects/{spring.id}/")
    assert len(answer.context["pictures"]) == 1
    assert f'href="/gallery/?project={spring.id}"' in answer.content.decode()


def test_activity_says_who_did_what_newest_first(browser: Client, creator: Actor, mug: Product) -> None:
    browser.post("/projects/new/", {"name": "Spring", "brief": ""})
    spring = Project.objects.get()
    job = ask(creator, mug, spring)
    browser.post(f"/projects/{spring.id}/edit/", {"name": "Spring launch", "brief": ""})
    browser.post(f"/projects/{spring.id}/edit/", {"name": "Spring launch", "brief": "Warm."})
    said = [(one.who, one.text) for one in browser.get(f"/projects/{spring.id}/").context["happenings"]]
    assert said == [
        ("Bob", "changed the brief"),
        ("Bob", "renamed the project from Spring to Spring launch"),
        ("Bob", f"asked for 2 pictures at {job.price} credits"),
        ("Bob", "opened the project"),
    ]


def test_a_busy_project_takes_no_more_queries(
    browser: Client,
    creator: Actor,
    mug: Product,
    spring: Project,
    team: Team,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(5):
        stored(ask(creator, mug, spring), count=2)
    Project.objects.bulk_create(Project(team=team, name=f"P{n}") for n in range(20))
    with django_assert_max_num_queries(30):
        browser.get(f"/projects/{spring.id}/")
    with django_assert_max_num_queries(20):
        browser.get("/projects/")
    assert Image.objects.count() == 10


def test_the_list_is_paged(browser: Client, team: Team) -> None:
    Project.objects.bulk_create(Project(team=team, name=f"P{n}") for n in range(61))
    first = browser.get("/projects/").context
    more = browser.get(f"/projects/{first['next_url']}", headers={"HX-Request": "true"})
    assert len(first["projects"]) == 60
    assert [row.project.name for row in more.context["projects"]] == ["P0"]
    assert "<html" not in more.content.decode()


def test_viewers_look_and_outsiders_see_nothing(
    vera: User, charlie: User, creator: Actor, mug: Product, spring: Project
) -> None:
    (picture,) = stored(ask(creator, mug, spring))
    html = browser_of(vera).get(f"/projects/{spring.id}/").content.decode()
    assert "Credits spent" in html and "Cover:" not in html
    for user, status in ((vera, 403), (charlie, 404)):
        answer = browser_of(user).post(f"/projects/{spring.id}/cover/", {"picture": picture.id})
        assert answer.status_code == status
    assert list(browser_of(charlie).get("/projects/").context["projects"]) == []
