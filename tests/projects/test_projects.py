"""Campaigns."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard.accounts.models import Team, User
from dashboard.projects.models import Project
from tests.conftest import browser_of


@pytest.fixture
def browser(bob: User) -> Client:
    return browser_of(bob)


@pytest.fixture
def spring(team: Team) -> Project:
    return Project.objects.create(team=team, name="Spring launch", brief="Bright and calm.")


def test_a_project_is_made_with_its_brief(browser: Client) -> None:
    answer = browser.post("/projects/new/", {"name": "Autumn", "brief": "Warm."}, follow=True)
    assert Project.objects.get().name == "Autumn"
    assert "Warm." in answer.content.decode()


def test_a_project_needs_a_name(browser: Client) -> None:
    answer = browser.post("/projects/new/", {"name": "", "brief": "Warm."})
    assert answer.status_code == 422
    assert "Give the project a name." in answer.content.decode() and "Warm." in answer.content.decode()
    assert not Project.objects.exists()


def test_a_project_is_edited(browser: Client, spring: Project) -> None:
    browser.post(f"/projects/{spring.id}/edit/", {"name": "Spring", "brief": ""})
    spring.refresh_from_db()
    assert (spring.name, spring.brief) == ("Spring", "")


def test_archiving_can_be_undone(browser: Client, spring: Project) -> None:
    browser.post(f"/projects/{spring.id}/archive/", {"away": "yes"})
    assert [row.project for row in browser.get("/projects/").context["projects"]] == []
    browser.post(f"/projects/{spring.id}/archive/", {"away": "no"})
    assert [row.project for row in browser.get("/projects/").context["projects"]] == [spring]


def test_many_projects_take_no_more_queries(
    browser: Client, team: Team, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Project.objects.bulk_create(Project(team=team, name=f"P{n}") for n in range(30))
    with django_assert_max_num_queries(20):
        browser.get("/projects/")


def test_a_viewer_looks_but_does_not_change(vera: User, spring: Project) -> None:
    viewer = browser_of(vera)
    html = viewer.get(f"/projects/{spring.id}/").content.decode()
    assert "Bright and calm." in html and ">Edit<" not in html
    assert "New project" not in viewer.get("/projects/").content.decode()
    for url in ("/projects/new/", f"/projects/{spring.id}/edit/", f"/projects/{spring.id}/archive/"):
        assert viewer.post(url, {"name": "Mine"}).status_code == 403, url


def test_another_teams_project_is_a_404(charlie: User, spring: Project) -> None:
    outsider = browser_of(charlie)
    for url in (f"/projects/{spring.id}/", f"/projects/{spring.id}/edit/"):
        assert outsider.get(url).status_code == 404, url
    assert outsider.post(f"/projects/{spring.id}/archive/").status_code == 404
