from django import forms

from dashboard.ui.fields import LineField


class TeamNameForm(forms.Form):
    name = LineField(
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Give the team a name.",
            "max_length": "A team's name has 1 to 80 characters.",
        },
    )
