"""Fields of forms for what people write. Every form takes its texts through one of them, but for secrets and codes.

A field judges the text that is stored: what it normalises comes before its length is measured.
"""

from django import forms

from generation.text import normalise, normalise_lines, trim


class LineField(forms.CharField):
    """A name or another text on one line."""

    def to_python(self, value: object) -> str:
        return normalise(str(super().to_python(value)))


class LinesField(forms.CharField):
    """A text that keeps its lines."""

    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        return normalise_lines(str(super().to_python(value)))


class WebAddressField(forms.CharField):
    """An address on the web, whose letters name a file just as they are."""

    def to_python(self, value: object) -> str:
        return trim(str(super().to_python(value)))


class MailAddressField(forms.EmailField):
    def to_python(self, value: object) -> str:
        return normalise(str(super().to_python(value)))
