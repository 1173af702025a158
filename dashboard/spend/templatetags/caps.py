"""``{% load caps %}{% cap_warnings %}``: the line above a page while caps are nearly used up."""

from typing import Any

from django import template
from django.template import Context

from dashboard.accounts import access
from dashboard.spend.caps import queries

register = template.Library()
NAMED = 3
"""Caps whose names the line has room for."""


@register.inclusion_tag("spend/caps/_warnings.html", takes_context=True)
def cap_warnings(context: Context) -> dict[str, Any]:
    found = queries.warnings(access.actor(context["request"]), context.get("standings"))
    names = list(dict.fromkeys(row.cap.owner for row in found))
    return {"request": context["request"], "rows": found, "names": names[:NAMED], "more": max(0, len(names) - NAMED)}
