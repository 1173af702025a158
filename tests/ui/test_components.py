import re

import pytest
from django.forms import CharField, Form
from django.template import Context, Template
from django.test import RequestFactory
from lucide import IconDoesNotExist

from dashboard.ui import samples, views
from dashboard.ui.parts import ComponentPart, all_parts, name_of
from dashboard.ui.states import JOB_LOOKS
from dashboard.ui.templatetags.ui import icon
from generation.models import TERMINAL, JobState
from tests.ui.markup import TEMPLATES, elements, forbidden, templates

ICONS = re.compile(r"""(?:{% icon |icon_name=|icon_name\|default:)"([a-z0-9-]+)\"""")


def page(name: str = "") -> str:
    request = RequestFactory().get("/styleguide/")
    response = views.sample(request, name) if name else views.styleguide(request)
    return response.content.decode()


def render(source: str, **values: object) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


def test_style_guide_lists_every_component() -> None:
    listed = {attributes.get("id") for tag, attributes in elements(page()) if tag == "section"}
    assert {f"guide-{name_of(path)}" for path in TEMPLATES.glob("ui/_*.html")} <= listed


@pytest.mark.parametrize("part", all_parts(), ids=lambda part: part.name)
def test_component_says_what_it_needs(part: ComponentPart) -> None:
    assert part.note, "Begin the template with a comment that names its context."


@pytest.mark.parametrize("part", [part for part in all_parts() if not part.template], ids=lambda part: part.name)
def test_component_without_a_sample_is_part_of_something(part: ComponentPart) -> None:
    name = re.compile(rf"""(?:(?:ui|shell)/_{part.name}\.html|component "{part.name}")""")
    users = [path for path in templates() if name_of(path) != part.name and name.search(path.read_text())]
    assert users, "Add templates/ui/styleguide/parts/ with a sample, or delete the component."


@pytest.mark.parametrize("name", ["", *views.SAMPLE_PAGES])
def test_sample_pages_have_unique_ids_and_nothing_inline(name: str) -> None:
    html = page(name)
    ids = [attributes["id"] for _, attributes in elements(html) if attributes.get("id")]
    assert sorted(ids) == sorted(set(ids))
    assert forbidden(html) == []


def test_every_icon_in_the_templates_exists() -> None:
    named = {name for path in templates() for name in ICONS.findall(path.read_text())}
    named |= {look.icon for look in JOB_LOOKS.values()} | {item.icon for item in samples.shell("")["rail"]}
    assert len(named) > 20
    for name in named:
        assert "<svg" in icon(name)


def test_unknown_icon_is_an_error() -> None:
    with pytest.raises(IconDoesNotExist):
        icon("no-such-icon")


def test_every_job_state_has_a_look_and_only_open_jobs_are_live() -> None:
    assert set(JOB_LOOKS) == set(JobState)
    assert {state for state, look in JOB_LOOKS.items() if not look.live} == set(TERMINAL)


def test_component_block_puts_its_content_into_the_template() -> None:
    html = render('{% component "card" title="Spend" %}<p>{{ word }}</p>{% endcomponent %}', word="a < b")
    assert "<p>a &lt; b</p>" in html
    assert "<h2>Spend</h2>" in html


def test_component_block_escapes_what_it_is_given() -> None:
    html = render('{% component "card" title=name %}{% endcomponent %}', name="<script>alert(1)</script>")
    assert "<script>" not in html


def test_field_names_its_error_and_help_for_screen_readers() -> None:
    class Named(Form):
        name = CharField(help_text="As your customers know it.")

    html = render('{% include "ui/_field.html" with field=form.name %}', form=Named({"name": ""}))
    described = next(attributes["aria-describedby"] for tag, attributes in elements(html) if tag == "input")
    ids = {attributes.get("id") for _, attributes in elements(html)}
    assert described
    assert set(described.split()) <= ids


def test_job_card_refreshes_itself_only_while_something_can_change() -> None:
    job = {"id": "job_1", "refresh_url": "/jobs/job_1/"}
    card = '{% include "ui/_job_card.html" %}'
    live = dict(elements(render(card, job=job | {"state": "submitted"}))[0][1])
    done = dict(elements(render(card, job=job | {"state": "completed"}))[0][1])
    assert live["hx-get"] == "/jobs/job_1/"
    assert "data-live" in live
    assert "data-live" not in done


def test_job_card_reserves_a_place_of_the_right_shape_for_each_picture() -> None:
    job = {"id": "job_1", "state": "queued", "shape": "16:9", "count": 3}
    html = render('{% include "ui/_job_card.html" %}', job=job)
    frames = [
        attributes["class"] or ""
        for _, attributes in elements(html)
        if "frame" in (attributes.get("class") or "").split()
    ]
    assert [frame.split()[1] for frame in frames] == ["r-178"] * 3
