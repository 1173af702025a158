"""What a member asks for on the generate page."""

import hashlib
import json
from collections.abc import Iterable
from functools import cached_property
from typing import Any, cast

from django import forms
from django.http import QueryDict

from dashboard.accounts.access import Actor
from dashboard.presets.access import visible
from dashboard.presets.brand import kit_of
from dashboard.presets.forms import MODELS
from dashboard.presets.models import Preset
from dashboard.presets.variables import BadValues
from dashboard.projects.models import Product, Project
from dashboard.studio.actions import BATCH_MAX, JobSpec, too_large
from dashboard.studio.questions import Question, field, questions
from dashboard.studio.scenes import BadScene, Scene, ScenePreview, preview, scenes
from dashboard.ui.fields import LineField, LinesField
from dashboard.ui.filters import VALUE_MAX, identifier
from generation.contract import CATALOGUE, PICTURES_MAX, PROMPT_MAX, AspectRatio
from generation.models import Job

SHAPES = [(ratio.value, ratio.value) for ratio in AspectRatio]
PRESETS, WRITE = "presets", "write"
SINGLES = 50
"""Products that may be given answers of their own on one page."""
GONE = "One of these presets is not there any more. Look at what is left and press again."


class GenerateForm(forms.Form):
    """Products × presets × shapes, each a job of ``num_images`` pictures; or one's own words for presets.

    The variables of the chosen presets are fields too: ``var.season``, and ``var.season.<product>`` for what a
    single product gets instead.
    """

    product = forms.Field(widget=forms.SelectMultiple, error_messages={"required": "Choose at least one product."})
    project = forms.ModelChoiceField(
        Project.objects.none(),
        required=False,
        empty_label="No project",
        error_messages={"invalid_choice": "This project is closed; choose another or none."},
    )
    scene = forms.ChoiceField(choices=[(PRESETS, "Presets"), (WRITE, "Write a prompt")], required=False)
    preset = forms.MultipleChoiceField(required=False, error_messages={"invalid_choice": GONE})
    prompt = LinesField(
        max_length=3 * PROMPT_MAX,  # what is sent is measured with the product's name in it
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "max_length": f"The prompt has far more than the {PROMPT_MAX:,} characters that fit. Say it shorter."
        },
    )
    model = forms.ChoiceField(
        choices=MODELS,
        error_messages={
            "required": "Choose a model.",
            "invalid_choice": f"There is no model of this name; choose one of {', '.join(CATALOGUE)}.",
        },
    )
    aspect_ratio = forms.MultipleChoiceField(
        label="Shapes",
        choices=SHAPES,
        error_messages={
            "required": "Choose at least one shape.",
            "invalid_choice": f"There is no such shape; choose among {', '.join(AspectRatio)}.",
        },
    )
    num_images = forms.IntegerField(
        label="Pictures of each",
        min_value=1,
        max_value=PICTURES_MAX,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), f"Choose 1 to {PICTURES_MAX} pictures."
        ),
    )
    parent = LineField(
        max_length=VALUE_MAX,
        required=False,
        widget=forms.HiddenInput,
        error_messages={"max_length": "Open this page again before you press."},
    )

    def __init__(self, *args: Any, acting: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acting = acting
        self.kit = kit_of(acting.team)
        self.specs: list[JobSpec] = []
        """One for each product in each scene and shape, once the form is valid."""
        self._offer_projects()
        rows = visible(acting).filter(archived_at=None, current__isnull=False)
        self.presets: list[Preset] = list(rows.select_related("current", "project").order_by("-id"))
        choice = self.fields["preset"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101 narrows the type
        choice.choices = [(preset.pk, preset.name) for preset in self.presets]
        self.questions: list[Question] = questions(self.chosen_presets)
        self._take_defaults()
        for question in self.questions:
            self.fields[question.field] = field(question)
        for question, product in self._singles():
            self.fields[question.field_of(product.pk)] = field(question, single=True)

    def _offer_projects(self) -> None:
        choice = self.fields["project"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 narrows the type
        choice.queryset = Project.objects.filter(team=self.acting.team, archived_at=None).order_by("-id")

    def _take_defaults(self) -> None:
        """For what was not asked yet when the form was sent."""
        missing = {question.field: question.variable.default for question in self.questions}
        missing = {name: value for name, value in missing.items() if name not in self.data}
        if self.is_bound and missing:
            sent = cast("QueryDict", self.data).copy()
            sent.update(missing)
            self.data = sent

    @property
    def writes(self) -> bool:
        """Whether the words are one's own."""
        return bool(self["scene"].value() == WRITE)

    @cached_property
    def chosen_presets(self) -> list[Preset]:
        """As typed, in the order of the page; without those that are not there."""
        wanted = set(self["preset"].value() or ())
        return [] if self.writes else [preset for preset in self.presets if preset.pk in wanted]

    @cached_property
    def chosen_products(self) -> list[Product]:
        """As typed, in that order; without those that are not in the library."""
        wanted = [pk for pk in dict.fromkeys(self["product"].value() or ()) if identifier(pk)][:BATCH_MAX]
        rows = Product.objects.filter(team=self.acting.team, archived_at=None, pk__in=wanted)
        found = {product.pk: product for product in rows.select_related("asset")}
        return [found[pk] for pk in wanted if pk in found]

    @cached_property
    def single_products(self) -> list[Product]:
        """The products that are offered answers of their own: those that have some first."""
        if not self.questions or len(self.chosen_products) < 2:
            return []
        typed = self.data if self.is_bound else self.initial
        own = {name.rpartition(".")[2] for name, value in typed.items() if name.startswith("var.") and value}
        rows = sorted(self.chosen_products, key=lambda product: product.pk not in own)[:SINGLES]
        return [product for product in self.chosen_products if product in rows]

    @property
    def has_singles(self) -> bool:
        """Whether a single product has an answer of its own, or one that is wrong."""
        names = [question.field_of(product.pk) for question, product in self._singles()]
        return any(self[name].value() or name in self.errors for name in names)

    def _singles(self) -> Iterable[tuple[Question, Product]]:
        return ((question, product) for product in self.single_products for question in self.questions)

    def scenes(self) -> list[Scene]:
        if self.writes:
            return [Scene(template=str(self["prompt"].value() or ""), kit=self.kit)]
        return scenes(self.chosen_presets, self.questions, self.kit)

    def previews(self) -> list[ScenePreview]:
        """What the first product will be shown in; one's own words are seen where they are typed."""
        product = self.chosen_products[0] if self.chosen_products else None
        name, answers = product.name if product else "Your product", self.answers(product)
        return [] if self.writes else [preview(scene, product=name, answers=answers) for scene in self.scenes()]

    def unjudged(self) -> "GenerateForm":
        """The same as typed so far, without a word on what is still missing."""
        return GenerateForm(acting=self.acting, initial={name: self[name].value() for name in self.fields})

    @property
    def layout(self) -> str:
        """Tells whether a page shows the fields that this form has."""
        return hashlib.sha256(json.dumps(sorted(self.fields)).encode()).hexdigest()[:16]

    def answers(self, product: Product | None = None) -> dict[str, str]:
        """As typed, by the questions' keys; the product's own where it has some."""
        return {question.key: self._answer(question, product) for question in self.questions}

    def _answer(self, question: Question, product: Product | None) -> str:
        common = str(self[question.field].value() or "").strip()
        if product is None or question.field_of(product.pk) not in self.fields:
            return common
        return str(self[question.field_of(product.pk)].value() or "").strip() or common

    def clean_product(self) -> list[Product]:
        chosen = len(set(self.cleaned_data["product"]))
        if chosen > BATCH_MAX:
            raise forms.ValidationError(too_large(chosen))
        if len(self.chosen_products) < chosen:
            raise forms.ValidationError("One of these products is not in the library any more; choose again.")
        return self.chosen_products

    @property
    def shapes(self) -> list[str]:
        """As typed, each once."""
        return list(dict.fromkeys(self["aspect_ratio"].value() or ()))

    def clean_aspect_ratio(self) -> list[str]:
        return self.shapes

    def clean_parent(self) -> Job | None:
        """The job that this is a variation of; one that nobody here knows of is none."""
        pk = identifier(self.cleaned_data["parent"])
        return Job.objects.filter(team=self.acting.team, pk=pk).first() if pk else None

    def clean(self) -> dict[str, Any]:
        if self.writes:
            self.errors.pop("preset", None)  # chosen before, and of no matter now
        if not self.errors.keys() & {"preset", "prompt"}:
            self._check_scene()
        if not self.errors:
            self._check_size()
        if not self.errors:
            self._spec()
        return self.cleaned_data

    def _check_scene(self) -> None:
        if self.writes and not self.cleaned_data["prompt"]:
            self.add_error("prompt", "Choose a preset, or write what the picture should show.")
        elif not self.writes and not self.chosen_presets:
            self.add_error("preset", "Choose a preset, or write what the picture should show.")
        for preset in self.chosen_presets:
            self._check_preset(preset)

    def _check_preset(self, preset: Preset) -> None:
        seen = self.data.get(f"version.{preset.pk}")
        if seen and seen != str(preset.current_id):
            sentence = f"“{preset.name}” was changed while this page was open. Look at its new words and press again."
            self.add_error("preset", sentence)
        elif preset.visibility == Preset.Visibility.PROJECT and preset.project != self.cleaned_data.get("project"):
            self.add_error("preset", f"“{preset.name}” is for the project {preset.project} only. Choose that project.")

    def _check_size(self) -> None:
        asked = self.cleaned_data
        jobs = len(asked["product"]) * len(self.scenes()) * len(asked["aspect_ratio"])
        if jobs > BATCH_MAX:
            self.add_error(None, too_large(jobs))

    def _spec(self) -> None:
        asked = self.cleaned_data
        template = {"template": asked["prompt"]} if self.writes else {}
        shown = [Scene(**vars(scene) | template) for scene in self.scenes()]
        common = self.answers()
        values = [self._values(scene, common) for scene in shown]
        own = {product.pk for product in self.single_products}
        for product in asked["product"]:
            answers = self.answers(product) if product.pk in own else common
            for scene, filled in zip(shown, values, strict=True):
                given = filled if answers == common else self._values(scene, answers, product)
                if given is None or not self._add(product, scene, given):
                    return

    def _values(self, scene: Scene, answers: dict[str, str], product: Product | None = None) -> dict[str, str] | None:
        try:
            return scene.values(answers)
        except BadValues as error:
            for question in scene.asked:
                name = question.field_of(product.pk) if product else question.field
                sentence = error.errors.get(question.variable.name)
                if sentence and name not in self.errors:
                    self.add_error(name, sentence)
            return None

    def _add(self, product: Product, scene: Scene, values: dict[str, str]) -> bool:
        """Wish for a product in a scene, in every shape."""
        asked = self.cleaned_data
        try:
            prompt = scene.prompt(product.name, values)
        except BadScene as error:
            self.add_error("preset" if scene.preset else "prompt", str(error))
            return False
        self.specs += [
            JobSpec(
                product=product,
                prompt=prompt,
                model=asked["model"],
                aspect_ratio=ratio,
                num_images=asked["num_images"],
                project=asked["project"],
                preset_version=scene.version,
                provider_preset=scene.preset.provider_id if scene.preset else "",
                parent=asked["parent"],
                lineage=Job.Lineage.VARIATION if asked["parent"] else Job.Lineage.NONE,
                variables=values,
            )
            for ratio in asked["aspect_ratio"]
        ]
        return True
