from django import forms

from dashboard.ui.fields import LineField


class KeyForm(forms.Form):
    name = LineField(
        max_length=80,
        help_text="What will use it, so that you know which one to revoke later.",
        widget=forms.TextInput(attrs={"placeholder": "Nightly catalogue script", "autocomplete": "off"}),
        error_messages={"required": "Give the key a name."},
    )
