from django import forms

TAGS_MAX = 20
TAG_LENGTH = 40


class TagsField(forms.CharField):
    """Words between commas, as a list without repeats."""

    def prepare_value(self, value: object) -> object:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: object) -> list[str]:  # type: ignore[override]
        words = (" ".join(word.split()) for word in str(value or "").split(","))
        return list(dict.fromkeys(word for word in words if word))

    def validate(self, value: list[str]) -> None:
        if len(value) > TAGS_MAX:
            raise forms.ValidationError(f"A product has at most {TAGS_MAX} tags; these are {len(value)}.")
        long = next((tag for tag in value if len(tag) > TAG_LENGTH), None)
        if long:
            raise forms.ValidationError(f"“{long[:TAG_LENGTH]}…” is longer than {TAG_LENGTH} characters.")

    def run_validators(self, value: list[str]) -> None:
        for tag in value:
            super().run_validators(tag)


class ProductForm(forms.Form):
    name = forms.CharField(max_length=120, error_messages={"required": "Give the product a name."})
    sku = forms.CharField(label="SKU", max_length=60, required=False)
    tags = TagsField(required=False, help_text="Words between commas, to find it by.")


class ProjectForm(forms.Form):
    name = forms.CharField(max_length=80, error_messages={"required": "Give the project a name."})
    brief = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What the campaign is about, for everybody who makes pictures for it.",
    )
