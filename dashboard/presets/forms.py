from django import forms

from dashboard.presets import templating
from dashboard.presets.models import Preset
from generation.contract import CATALOGUE, PICTURES_MAX, PROMPT_MAX, AspectRatio

MODELS = [(info.name, f"{info.name} · {info.credits} credits") for info in CATALOGUE.values()]
KNOWN = {"product"}
"""What a template may leave open."""


class PresetForm(forms.Form):
    name = forms.CharField(max_length=80, error_messages={"required": "Give the preset a name."})
    category = forms.ChoiceField(choices=Preset.Category.choices, widget=forms.RadioSelect)
    description = forms.CharField(max_length=300, required=False, help_text="When to use it, in one line.")
    template = forms.CharField(
        label="Prompt",
        max_length=PROMPT_MAX,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="{{product}} stands for the product's name.",
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

    def clean_template(self) -> str:
        template = str(self.cleaned_data["template"]).replace("\r\n", "\n").strip()
        unknown = next((name for name in templating.names(template) if name not in KNOWN), None)
        if unknown:
            raise forms.ValidationError(f"{{{{{unknown}}}}} is not known; only {{{{product}}}} is filled in.")
        return template
