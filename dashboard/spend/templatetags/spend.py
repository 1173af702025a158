"""Links of the charts: ``{% load spend %}``."""

from django import template

from dashboard.spend import links
from dashboard.spend.overview.scopes import Scope
from dashboard.spend.periods import Span

register = template.Library()


@register.filter
def ledger_of(span: Span, scope: Scope) -> str:
    """``{{ bar.span|ledger_of:scope }}``: the lines behind what was spent in these days."""
    return links.ledger(span, **scope.query)
