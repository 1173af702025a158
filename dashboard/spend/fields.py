"""Amounts as people type them."""

import re

from django import forms


class WholeNumber(forms.IntegerField):
    """Digits alone. Django reads ``1.000`` as 1, and where a point parts thousands a cap of 1 would stop everything."""

    re_decimal = re.compile("(?!)")
