from django import forms


class SampleForm(forms.Form):
    """Every kind of field, for the style guide."""

    name = forms.CharField(max_length=80, help_text="As your customers know it.")
    sku = forms.CharField(label="SKU", required=False, max_length=40)
    prompt = forms.CharField(
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        initial="On a white marble table, soft light",
    )
    model = forms.ChoiceField(choices=[("nanobanana2", "nanobanana2 · 5 credits"), ("other", "Another · 3 credits")])
    pictures = forms.IntegerField(min_value=1, max_value=4, initial=2)
    shape = forms.ChoiceField(
        choices=[(shape, shape) for shape in ("1:1", "4:3", "3:4", "16:9", "9:16")],
        widget=forms.RadioSelect,
        initial="1:1",
    )
    light = forms.ChoiceField(choices=[("soft", "Soft"), ("hard", "Hard")], widget=forms.RadioSelect, initial="soft")
    approved = forms.BooleanField(label="Only approved presets may be used", required=False)
    photo = forms.FileField(required=False)
