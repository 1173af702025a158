from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from dashboard.projects.details import BRIEF_MAX, NAME_MAX, PROJECT_NAME_MAX, SKU_MAX, TAG_MAX, TAGS_MAX
from dashboard.projects.tables import FILE_MAX_BYTES, TOO_LARGE
from dashboard.ui.fields import LineField, LinesField, WebAddressField
from generation.text import distinct

PHOTOS_MAX = 20
"""Photos that a product may have."""
TEXT_MAX = 1_000
"""Characters of all tags with what is between them."""
URL_MAX = 2_000


class TagsField(forms.CharField):
    """Words between commas, as a list without repeats."""

    def prepare_value(self, value: object) -> object:
        return ", ".join(value) if isinstance(value, list) else value

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=TEXT_MAX, **options)

    def to_python(self, value: object) -> list[str]:  # type: ignore[override]
        if len(str(value or "")) > TEXT_MAX:
            raise forms.ValidationError(f"These are too many tags; all together have at most {TEXT_MAX:,} characters.")
        return distinct(str(value or "").split(","))

    def validate(self, value: list[str]) -> None:
        if len(value) > TAGS_MAX:
            raise forms.ValidationError(f"A product has at most {TAGS_MAX} tags; these are {len(value)}.")
        long = next((tag for tag in value if len(tag) > TAG_MAX), None)
        if long:
            raise forms.ValidationError(f"“{long[:TAG_MAX]}…” is longer than {TAG_MAX} characters.")

    def run_validators(self, value: list[str]) -> None:
        for tag in value:
            super().run_validators(tag)


class ProductForm(forms.Form):
    name = LineField(max_length=NAME_MAX, error_messages={"required": "Give the product a name."})
    sku = LineField(label="SKU", max_length=SKU_MAX, required=False)
    tags = TagsField(required=False, help_text="Words between commas, to find it by.")


class ProjectForm(forms.Form):
    name = LineField(max_length=PROJECT_NAME_MAX, error_messages={"required": "Give the project a name."})
    brief = LinesField(
        max_length=BRIEF_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What the campaign is about, for everybody who makes pictures for it.",
    )


class LinkForm(forms.Form):
    """The address of a photo."""

    url = WebAddressField(
        label="Image URL",
        max_length=URL_MAX,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
        error_messages={
            "required": "Give the address of a photo.",
            "max_length": f"An image URL has at most {URL_MAX:,} characters.",
        },
    )


class SheetForm(forms.Form):
    file = forms.FileField(
        label="CSV file or workbook",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,text/csv"}),
        error_messages={"required": "Choose a file first.", "empty": "The file is empty."},
    )

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > FILE_MAX_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return file


class PhotosInput(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Files, some or one; ``[]`` for none."""

    def clean(self, data: Any, initial: Any = None) -> list["UploadedFile[Any]"]:
        files = [super(PhotosField, self).clean(file, initial) for file in data or [None]]
        if len(files) > PHOTOS_MAX:
            raise forms.ValidationError(f"A product has at most {PHOTOS_MAX} photos; these are {len(files)}.")
        return files


class PhotosForm(forms.Form):
    photo = PhotosField(
        label="Add photos",
        help_text="JPEG, PNG or WebP, up to 10 MB each.",
        widget=PhotosInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": "Choose a photo first.", "empty": "The file is empty."},
    )
