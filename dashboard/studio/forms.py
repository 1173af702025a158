"""The form of the generate page: what is typed, and whether pictures can be made of it."""

import hashlib
import json
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
from dashboard.projects.forms import PHOTOS_MAX
from dashboard.projects.models import Product, ProductPhoto, Project
from dashboard.studio.actions import BATCH_MAX, too_large
from dashboard.studio.questions import Question, field, questions
from dashboard.studio.scenes import BadScene, Scene, Shot, scenes
from dashboard.ui.fields import LineField, LinesField
from dashboard.ui.filters import VALUE_MAX, identifier
from generation.contract import CATALOGUE, PICTURES_MAX, PROMPT_MAX, AspectRatio
from generation.models import Asset, Job

SHAPES = [(ratio.value, ratio.value) for ratio in AspectRatio]
PRESETS, WRITE = "presets", "write"
SINGLES = 50
"""Products that may be given answers of their own on one page."""
CLOSED = "This project is closed; choose another or none."
GONE = "One of these presets no longer exists. Check what is left and press again."


class GenerateForm(forms.Form):
    """Products × presets × shapes, each a job of ``num_images`` pictures; or one's own words for presets.

    The variables of the chosen presets are fields too: ``var.season``, and ``var.season.<product>`` for what a
    single product gets instead. So are the photos that pictures are made of, ``photo.<product>``: without any it is the
    main one. :class:`dashboard.studio.plan.BatchPlan` is what a press would make of it.
    """

    product = forms.Field(widget=forms.SelectMultiple, error_messages={"required": "Choose at least one product."})
    project = LineField(max_length=VALUE_MAX, required=False, error_messages={"max_length": CLOSED})
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
        rows = visible(acting).filter(archived_at=None, current__isnull=False)
        self.presets: list[Preset] = list(rows.select_related("current", "project").order_by("-id"))
        choice = self.fields["preset"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101 narrows the type
        choice.choices = [(preset.pk, preset.name) for preset in self.presets]
        self.questions: list[Question] = questions(self.chosen_presets)
        # What was not asked yet when the form was sent takes its default.
        defaults = {question.field: question.variable.default for question in self.questions}
        missing = {name: value for name, value in defaults.items() if name not in self.data}
        if self.is_bound and missing:
            sent = cast("QueryDict", self.data).copy()
            sent.update(missing)
            self.data = sent
        for question in self.questions:
            self.fields[question.field] = field(question)
        for product in self.single_products:
            for question in self.questions:
                self.fields[question.field_of(product.pk)] = field(question, single=True)

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
        by_id = {product.pk: product for product in rows.select_related("asset")}
        return [by_id[pk] for pk in wanted if pk in by_id]

    @cached_property
    def chosen_photos(self) -> dict[str, list[Asset]]:
        """By product, in the products' order of photos: those chosen, or the main one where none was."""
        wanted = {product.pk: set(photos_typed(self, product.pk)) for product in self.chosen_products}
        named = set().union(*wanted.values())
        rows = ProductPhoto.objects.filter(product__in=[pk for pk, photos in wanted.items() if photos], asset__in=named)
        found: dict[str, list[Asset]] = {}
        for row in rows.select_related("asset").order_by("place") if named else ():
            if row.asset_id in wanted[row.product_id]:
                found.setdefault(row.product_id, []).append(row.asset)
        return {product.pk: found.get(product.pk) or [product.asset] for product in self.chosen_products}

    @property
    def photo_count(self) -> int:
        return sum(map(len, self.chosen_photos.values()))

    @cached_property
    def projects(self) -> list[Project]:
        """Those that may be chosen."""
        return list(Project.objects.filter(team=self.acting.team, archived_at=None).order_by("-id"))

    @cached_property
    def chosen_project(self) -> Project | None:
        """As typed; none where it is not open any more."""
        wanted = self["project"].value()
        return next((project for project in self.projects if project.pk == wanted), None) if wanted else None

    @cached_property
    def chosen_shapes(self) -> list[str]:
        """As typed, each once."""
        return list(dict.fromkeys(self["aspect_ratio"].value() or ()))

    @cached_property
    def parent_job(self) -> Job | None:
        """The job that this is a variation of; one that nobody here knows of is none."""
        pk = identifier(str(self["parent"].value() or ""))
        rows = Job.objects.filter(team=self.acting.team, pk=pk).select_related("product")
        return rows.first() if pk else None

    @cached_property
    def single_products(self) -> list[Product]:
        """The products that are offered answers of their own: those that have some first."""
        if not self.questions or len(self.chosen_products) < 2:
            return []
        typed = self.data if self.is_bound else self.initial
        own = {name.rpartition(".")[2] for name, value in typed.items() if name.startswith("var.") and value}
        first = sorted(self.chosen_products, key=lambda product: product.pk not in own)[:SINGLES]
        offered = {product.pk for product in first}
        return [product for product in self.chosen_products if product.pk in offered]

    @property
    def scenes(self) -> list[Scene]:
        """One for each chosen preset, or one of one's own words."""
        if self.writes:
            return [Scene(template=self._text("prompt"), kit=self.kit)]
        return scenes(self.chosen_presets, self.questions, self.kit)

    def answers(self, product: Product | None = None) -> dict[str, str]:
        """By the questions' keys; the product's own where it has some."""
        answers = {question.key: self._text(question.field) for question in self.questions}
        if product:
            own = {question.key: self._text(question.field_of(product.pk)) for question in self.questions}
            answers |= {key: value for key, value in own.items() if value}
        return answers

    def _text(self, name: str) -> str:
        """As cleaned, or as typed where it is wrong or not looked at yet; nothing for a field that is not there."""
        if name not in self.fields:
            return ""
        typed = str(self[name].value() or "").strip()
        return str(getattr(self, "cleaned_data", {}).get(name, typed))

    @property
    def layout(self) -> str:
        """Tells whether a page shows the fields that this form has."""
        return hashlib.sha256(json.dumps(sorted(self.fields)).encode()).hexdigest()[:16]

    @property
    def has_singles(self) -> bool:
        """Whether a single product has an answer of its own, or one that is wrong."""
        names = [question.field_of(product.pk) for product in self.single_products for question in self.questions]
        return any(self[name].value() or name in self.errors for name in names)

    def clean_product(self) -> list[Product]:
        chosen = len(set(self.cleaned_data["product"]))
        if chosen > BATCH_MAX:
            raise forms.ValidationError(too_large(chosen))
        if len(self.chosen_products) < chosen:
            raise forms.ValidationError("One of these products is no longer in the library. Choose again.")
        for product in self.chosen_products:
            if f"photo.{product.pk}" in self.data and not any(photos_typed(self, product.pk)):
                raise forms.ValidationError(f"Choose at least one photo of {product.name}, or leave the product out.")
        return self.chosen_products

    def clean_project(self) -> Project | None:
        if self.cleaned_data["project"] and not self.chosen_project:
            raise forms.ValidationError(CLOSED)
        return self.chosen_project

    def clean_aspect_ratio(self) -> list[str]:
        return self.chosen_shapes

    def clean_parent(self) -> Job | None:
        return self.parent_job

    def clean(self) -> dict[str, Any]:
        if self.writes:
            self.errors.pop("preset", None)  # chosen before, and of no matter now
        if not self.errors.keys() & {"preset", "prompt"}:
            self._check_scene()
        if not self.errors:
            jobs = self.photo_count * len(self.scenes) * len(self.chosen_shapes)
            if jobs > BATCH_MAX:
                self.add_error(None, too_large(jobs))
        if not self.errors:
            self.cleaned_data["shots"] = self._shots()
        return self.cleaned_data

    def _check_scene(self) -> None:
        if self.writes and not self.cleaned_data["prompt"]:
            self.add_error("prompt", "Choose a preset, or write what the picture should show.")
        elif not self.writes and not self.chosen_presets:
            self.add_error("preset", "Choose a preset, or write what the picture should show.")
        for preset in self.chosen_presets:
            seen = self.data.get(f"version.{preset.pk}")
            if seen and seen != str(preset.current_id):
                sentence = f"“{preset.name}” was changed while this page was open. Check its new words and press again."
                self.add_error("preset", sentence)
            elif preset.visibility == Preset.Visibility.PROJECT and preset.project != self.chosen_project:
                sentence = f"“{preset.name}” can only be used in the project {preset.project}. Choose that project."
                self.add_error("preset", sentence)

    def _shots(self) -> list[Shot]:
        """Every chosen photo in every scene; the first that cannot be made is an error beside its field."""
        shots, chosen, common = [], self.scenes, self.answers()
        values = [self._values(scene, common) for scene in chosen]
        own = {product.pk for product in self.single_products}
        for product in self.chosen_products:
            answers = self.answers(product) if product.pk in own else common
            for scene, filled in zip(chosen, values, strict=True):
                given = filled if answers == common else self._values(scene, answers, product)
                if given is None:
                    return []
                try:
                    prompt = scene.prompt(product.name, given)
                except BadScene as error:
                    self.add_error("preset" if scene.preset else "prompt", str(error))
                    return []
                shots += [Shot(product, photo, scene, given, prompt) for photo in self.chosen_photos[product.pk]]
        return shots

    def _values(self, scene: Scene, answers: dict[str, str], product: Product | None = None) -> dict[str, str] | None:
        """What fills a scene's template; ``None`` where an answer is wrong, which is an error beside its field then."""
        try:
            return scene.values(answers)
        except BadValues as error:
            for question in scene.questions:
                name = question.field_of(product.pk) if product else question.field
                sentence = error.errors.get(question.variable.name)
                if sentence and name not in self.errors:
                    self.add_error(name, sentence)
            return None

    def forgive(self) -> None:
        """Say nothing of what is wrong or missing: the form is still being filled in."""
        self.errors.clear()


def photos_typed(form: forms.Form, product_id: str) -> list[str]:
    """The ids of photos that a form names for a product; an empty one stands for a choice that was offered."""
    name = f"photo.{product_id}"
    if not form.is_bound:
        return [pk for pk in form.initial.get(name, ()) if identifier(pk)]
    return [pk for pk in cast("QueryDict", form.data).getlist(name)[: PHOTOS_MAX + 1] if identifier(pk)]
