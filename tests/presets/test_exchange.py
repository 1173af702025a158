"""Presets as files: what was exported can be imported, and what does not fit is said in one sentence."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.audit.models import AuditEvent
from dashboard.presets import actions
from dashboard.presets.drafts import Draft, draft_of
from dashboard.presets.exchange import BadFile, parse, take, write
from dashboard.presets.models import Preset
from dashboard.presets.variables import Variable
from generation.contract import CATALOGUE, AspectRatio
from generation.text import fold_for_uniqueness, normalise
from tests.conftest import browser_of

LINE = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20).map(normalise).filter(bool)
NAME = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True).filter(lambda name: name != "product")
SEASON = Variable("season", "choice", "Season", default="spring", choices=("spring", "autumn"), help="Of the year.")
OAK = Draft(name="Oak shelf", template="{{product}} in {{season}}", tags=("wood", "shop"), variables=(SEASON,))


@st.composite
def variables(draw: st.DrawFn) -> Variable:
    kind = draw(st.sampled_from(["text", "choice", "number", "colour"]))
    choices = tuple(draw(st.lists(LINE, min_size=2, max_size=4, unique=True))) if kind == "choice" else ()
    fitting = {
        "text": LINE,
        "number": st.just("1.5"),
        "colour": st.just("#abc"),
        "choice": st.sampled_from(choices or ("",)),
    }
    default = draw(st.one_of(st.just(""), fitting[kind]))
    return Variable(
        draw(NAME), kind, draw(LINE), default, draw(st.booleans()), draw(st.one_of(st.just(""), LINE)), choices
    )


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    described = tuple(draw(st.lists(variables(), max_size=3, unique_by=lambda one: one.name)))
    words = draw(st.lists(LINE.filter(lambda word: "{" not in word and "}" not in word), min_size=1, max_size=5))
    return Draft(
        name=draw(LINE),
        template=" ".join([*words, "{{product}}", *(f"{{{{{one.name}}}}}" for one in described)]),
        category=draw(st.sampled_from(Preset.Category.values)),
        description=draw(st.one_of(st.just(""), LINE)),
        tags=tuple(draw(st.lists(LINE.filter(lambda tag: "," not in tag), max_size=3, unique_by=fold_for_uniqueness))),
        variables=described,
        model=draw(st.sampled_from(list(CATALOGUE))),
        aspect_ratio=draw(st.sampled_from([ratio.value for ratio in AspectRatio])),
        num_images=draw(st.integers(1, 4)),
    )


@given(written=st.lists(drafts(), min_size=1, max_size=3))
def test_what_was_exported_is_imported_as_it_was(written: list[Draft]) -> None:
    assert parse(write(written).encode()) == (written, ())


@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_other_file_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(BadFile) as caught:
        parse(data)
    assert str(caught.value).endswith(".")


def preset(**changes: Any) -> bytes:
    return json.dumps({"name": "Oak", "template": "{{product}} on oak"} | changes).encode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This is not JSON: line 1, column 1 cannot be read."),
        (b"name;template\n", "This is not JSON"),
        ("Größe".encode("latin-1"), "This is not a text file in UTF-8."),
        (b"[" * 100_000, "This JSON cannot be read"),
        (b"1" * 10_000, "This JSON cannot be read"),
        (b"[]", "There is no preset in this file."),
        (b"[1]", "This JSON has no presets"),
        (b'{"presets": [], "version": 2}', "This file was written by a newer Packshot."),
        (b" " * (1024 * 1024 + 1), "This file is larger than 1 MB."),
        (json.dumps([{}] * 501).encode(), "This file has 501 presets; at most 500"),
        (preset(name=""), "Preset 1 cannot be imported: Give the preset a name."),
        (preset(template="a\n{{b"), "Preset 1 (“Oak”) cannot be imported: Line 2, column 1: {{ is not closed."),
        (preset(template="in {{season}}"), "Preset 1 (“Oak”) cannot be imported: Line 1, column 4: {{season}} is not"),
        (preset(model="dall-e"), "Preset 1 (“Oak”) cannot be imported: model: Select a valid choice. dall-e"),
        (preset(num_images=9), "Preset 1 (“Oak”) cannot be imported: num_images: Select a valid choice. 9"),
        (preset(num_images=True), "Preset 1 (“Oak”) cannot be imported: num_images must be text."),
        (preset(tags="wood"), "Preset 1 (“Oak”) cannot be imported: tags must be a list"),
        (preset(description={}), "Preset 1 (“Oak”) cannot be imported: description must be text."),
        (preset(name="\ud800"), "Preset 1 cannot be imported: name must be text."),
        (preset(template="x\0"), "Preset 1 (“Oak”) cannot be imported: template must be text."),
        (preset(variables={}), "Preset 1 (“Oak”) cannot be imported: variables must be a list"),
        (preset(variables=[{"name": "x", "kind": "code"}]), "Preset 1 (“Oak”) cannot be imported: “code” is no kind"),
        (preset(variables=[{"name": "x", "kind": 7}]), "Preset 1 (“Oak”) cannot be imported: variables.kind must be"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(BadFile) as caught:
        parse(data)
    assert str(caught.value).startswith(sentence)


def test_fields_without_a_meaning_are_left_out_and_named(creator: Actor) -> None:
    described = [{"name": "season", "kind": "text", "widget": "slider"}]
    done = take(creator, preset(price=3, template="in {{season}}", variables=described, label="approved"))
    assert done.sentence == (
        "1 preset imported as draft. Left out, because Packshot does not know them: price, label, variables.widget."
    )
    assert Preset.objects.get().label == Preset.Label.DRAFT


def test_the_same_file_twice_adds_nothing(creator: Actor) -> None:
    take(creator, write([OAK]).encode())
    assert take(creator, write([OAK]).encode()).sentence == "0 presets imported as drafts. 1 was here already."
    assert draft_of(Preset.objects.get()) == OAK


def test_one_bad_preset_keeps_the_whole_file_out(creator: Actor) -> None:
    rows = json.loads(write([OAK]))["presets"] + [{"name": "Bad", "template": ""}]
    with pytest.raises(BadFile, match="Preset 2 .“Bad”. cannot be imported: Write the prompt of this preset. Nothing"):
        take(creator, json.dumps(rows).encode())
    assert not Preset.objects.exists()


def send(browser: Client, data: bytes) -> Any:
    return browser.post("/presets/import/", {"file": SimpleUploadedFile("p.json", data)}, follow=True)


def test_a_member_exports_and_imports_in_the_browser(bob: User, creator: Actor, charlie: User) -> None:
    row = actions.add(creator, OAK)
    answer = browser_of(bob).get(f"/presets/{row.id}/export/")
    assert answer["Content-Disposition"] == 'attachment; filename="oak-shelf.json"'
    assert browser_of(bob).get("/presets/export/?q=oak").content == answer.content
    assert "1 preset imported as draft." in send(browser_of(charlie), answer.content).content.decode()
    assert draft_of(Preset.objects.get(team__name="Outsiders")) == OAK
    assert AuditEvent.objects.filter(action="preset.imported").count() == 1


def test_the_page_says_why_a_file_was_refused(bob: User) -> None:
    answer = send(browser_of(bob), b"{")
    assert answer.status_code == 422 and "This is not JSON: line 1, column 2" in answer.content.decode()
    assert "Choose a file first." in browser_of(bob).post("/presets/import/").content.decode()


def test_an_export_has_only_what_the_member_sees(bob: User, ada: User, creator: Actor) -> None:
    mine = actions.add(creator, OAK, sharing=actions.Sharing(visibility="private"))
    assert json.loads(browser_of(bob).get("/presets/export/").content)["presets"]
    assert json.loads(browser_of(ada).get("/presets/export/").content)["presets"] == []
    assert browser_of(ada).get(f"/presets/{mine.id}/export/").status_code == 404
