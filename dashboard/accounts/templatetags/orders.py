"""``{% order_token %}``, which every form that orders something has beside ``{% csrf_token %}``."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from dashboard.accounts.order_tokens import FIELD, new_token

register = template.Library()


@register.simple_tag
def order_token(id: str = "", *, oob: bool = False) -> SafeString:
    """The hidden input. With an ``id`` htmx can put a new one in its place: ``oob`` where it comes with an answer.

    Browsers that restore what a form held must not restore this: a page that was loaded anew orders anew.
    """
    place = format_html(' id="{}"', id) if id else ""
    swap = mark_safe(' hx-swap-oob="true"') if oob else ""
    return format_html(
        '<input type="hidden" name="{}" value="{}" autocomplete="off"{}{}>', FIELD, new_token(), place, swap
    )
