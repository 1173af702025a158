from django import forms

from dashboard.accounts.names import one_line


class TeamNameForm(forms.Form):
    name = forms.CharField(
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Give the team a name.",
            "max_length": "A team's name has 1 to 80 characters.",
        },
    )

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError("Give the team a name.")
        return name
