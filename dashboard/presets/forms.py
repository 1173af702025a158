"""What the editor of a preset asks for."""

from typing import Any

from django import forms

from dashboard.accounts.access import Actor
from dashboard.presets.access import Sharing, person
from dashboard.presets.drafts import Draft
from dashboard.presets.models import Preset
from dashboard.projects.forms import TagsField
from dashboard.projects.models import Project
from dashboard.ui.fields import LineField, LinesField
from generation.contract import CATALOGUE, PICTURES_MAX, PROMPT_MAX, AspectRatio

MODELS = [(info.name, f"{info.name} · {info.credits} credits") for info in CATALOGUE.values()]
NEW = {
    "category": Preset.Category.CUSTOM.value,
    "visibility": Preset.Visibility.TEAM.value,
    "model": next(iter(CATALOGUE)),
    "aspect_ratio": AspectRatio.SQUARE.value,
    "num_images": 1,
}


class DraftForm(forms.Form):
    """A preset's words and settings, without its variables; forms and files go through it alike."""

    name = LineField(max_length=80, error_messages={"required": "Give the preset a name."})
    category = forms.ChoiceField(choices=Preset.Category.choices, widget=forms.RadioSelect)
    description = LineField(max_length=300, required=False, help_text="When to use it, in one line.")
    tags = TagsField(required=False, help_text="Words between commas, to find it by.")
    template = LinesField(
        label="Prompt",
        max_length=PROMPT_MAX,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "true"}),
        help_text="{{product}} stands for the product's name, {{season}} for a variable called season.",
        error_messages={
            "required": "Write the prompt of this preset.",
            "max_length": f"The prompt has %(show_value)d characters; at most {PROMPT_MAX:,} fit. Say it shorter.",
        },
    )
    model = forms.ChoiceField(choices=MODELS)
    aspect_ratio = forms.ChoiceField(
        label="Shape", choices=[(ratio.value, ratio.value) for ratio in AspectRatio], widget=forms.RadioSelect
    )
    num_images = forms.TypedChoiceField(
        label="Pictures of each",
        coerce=int,
        choices=[(count, str(count)) for count in range(1, PICTURES_MAX + 1)],
        widget=forms.RadioSelect,
    )


class PresetForm(DraftForm):
    """All but the variables, which have rows of their own (``rows.VariableRows``)."""

    visibility = forms.ChoiceField(
        label="Who sees it",
        choices=Preset.Visibility.choices,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Only the person who made a preset can keep it to themselves."},
    )
    project = forms.ModelChoiceField(
        Project.objects.none(),
        required=False,
        empty_label="Choose a project",
        error_messages={"invalid_choice": "This project is closed; choose another."},
    )

    def __init__(self, data: Any = None, *, acting: Actor, preset: Preset | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        projects = self.fields["project"]
        assert isinstance(projects, forms.ModelChoiceField)  # noqa: S101 narrows the type
        projects.queryset = Project.objects.filter(team=acting.team, archived_at=None).order_by("-id")
        if preset and preset.created_by != person(acting):
            visibility = self.fields["visibility"]
            assert isinstance(visibility, forms.ChoiceField)  # noqa: S101 narrows the type
            visibility.choices = [one for one in Preset.Visibility.choices if one[0] != Preset.Visibility.PRIVATE]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("visibility") != Preset.Visibility.PROJECT:
            given["project"] = None
        elif not given.get("project") and "project" not in self.errors:
            self.add_error("project", "Choose the project that this preset is for.")
        return given

    def sharing(self) -> Sharing:
        return Sharing(visibility=self.cleaned_data["visibility"], project=self.cleaned_data["project"])


def initial_of(draft: Draft, sharing: Sharing) -> dict[str, Any]:
    """What the editor starts with."""
    described = {name: value for name, value in draft.as_json().items() if name != "variables"}
    return described | {"visibility": sharing.visibility, "project": sharing.project}
