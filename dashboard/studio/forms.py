"""What a member asks for on the generate page."""

from typing import Any

from django import forms

from dashboard.accounts.models import Team
from dashboard.presets import templating
from dashboard.presets.forms import MODELS
from dashboard.presets.models import Preset
from dashboard.projects.models import Product, Project
from dashboard.studio.actions import Wish
from generation.contract import CATALOGUE, PICTURES_MAX, PROMPT_MAX, AspectRatio

SHAPES = [(ratio.value, ratio.value) for ratio in AspectRatio]


class GenerateForm(forms.Form):
    """Products × shapes, each a job of ``num_images`` pictures; the prompt is a preset's or one's own."""

    product = forms.ModelMultipleChoiceField(
        Product.objects.none(),
        error_messages={
            "required": "Choose at least one product.",
            "invalid_choice": "One of these products is not in the library any more; choose again.",
            "invalid_pk_value": "One of these products is not in the library any more; choose again.",
        },
    )
    project = forms.ModelChoiceField(
        Project.objects.none(),
        required=False,
        empty_label="No project",
        error_messages={"invalid_choice": "This project is closed; choose another or none."},
    )
    preset = forms.ModelChoiceField(
        Preset.objects.none(),
        required=False,
        error_messages={"invalid_choice": "This preset is not there any more; choose another."},
    )
    prompt = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 5}))
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

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("product", Product.objects.filter(team=team, archived_at=None).select_related("asset"))
        self._offer("project", Project.objects.filter(team=team, archived_at=None).order_by("-id"))
        shown = Preset.objects.filter(team=team, archived_at=None, current__isnull=False)
        self._offer("preset", shown.select_related("current").order_by("-id"))

    def _offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 narrows the type
        field.queryset = rows

    def clean_prompt(self) -> str:
        """One's own words, as long as browsers count them: they send two characters for a line's end."""
        return str(self.cleaned_data["prompt"]).replace("\r\n", "\n").strip()

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("preset") and not self.errors.keys() & {"preset", "prompt"}:
            self._check_own_words()
        if not self.errors:
            self._check_length()
        return self.cleaned_data

    def _check_own_words(self) -> None:
        if not self.cleaned_data["prompt"]:
            self.add_error("prompt", "Choose a preset, or write what the picture should show.")

    def _check_length(self) -> None:
        longest = max(len(self._prompt(product)) for product in self.cleaned_data["product"])
        if longest > PROMPT_MAX:
            sentence = f"The prompt has {longest:,} characters; at most {PROMPT_MAX:,} fit. Say it shorter."
            self.add_error("prompt", sentence)

    def _prompt(self, product: Product) -> str:
        preset = self.cleaned_data["preset"]
        template = preset.current.template if preset else self.cleaned_data["prompt"]
        return templating.render(template, {"product": product.name})

    def wishes(self) -> list[Wish]:
        """One job for each product in each shape; call it on a valid form."""
        asked = self.cleaned_data
        return [
            Wish(
                product=product,
                prompt=self._prompt(product),
                model=asked["model"],
                aspect_ratio=ratio,
                num_images=asked["num_images"],
                project=asked["project"],
                preset_version=asked["preset"].current if asked["preset"] else None,
            )
            for product in asked["product"]
            for ratio in asked["aspect_ratio"]
        ]
