"""Tags and filters of the design system: ``{% load ui %}``."""

from functools import lru_cache
from typing import Any

from django import template
from django.contrib.messages import constants
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from lucide import _render_icon as render_lucide

from dashboard.ui.ratios import css_class, ratio_of
from dashboard.ui.states import JOB_LOOKS, Look
from generation.plurals import counted

register = template.Library()

TONES = {constants.SUCCESS: "good", constants.WARNING: "warn", constants.ERROR: "bad"}
FIELD_KINDS = {
    "checkbox": "check",
    "radioselect": "choices",
    "checkboxselectmultiple": "choices",
    "select": "select",
    "selectmultiple": "select",
    "clearablefile": "file",
    "file": "file",
}


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, *, size: int = 16) -> SafeString:
    """An inline Lucide icon, hidden from screen readers: the words beside it speak.

    Raises ``lucide.IconDoesNotExist`` for an unknown name.
    """
    svg = render_lucide(str(name), size, aria_hidden="true", stroke_width="1.75", **{"class": "icon"})
    return mark_safe(svg)  # noqa: S308  read from the installed package


@register.simple_block_tag(takes_context=True)
def component(context: Context, content: str, name: str, **values: Any) -> SafeString:
    """Render ``ui/_<name>.html`` around the block: its content is ``body`` there.

    The surrounding context stays visible, as with ``include``.
    """
    with context.push(body=content, **values):
        visible = {str(key): value for key, value in context.flatten().items()}
        return render_to_string(f"ui/_{name}.html", visible)


@register.filter
def ratio_class(width: float, height: float) -> str:
    """``{{ image.width|ratio_class:image.height }}``: the class that gives a picture its shape."""
    return css_class(width / height if width and height else 1.0)


@register.filter
def shape_class(shape: str) -> str:
    """``{{ "16:9"|shape_class }}``: the same for a ratio in the contract's words."""
    return css_class(ratio_of(shape))


@register.filter
def places(count: int) -> range:
    """``{% for place in 4|places %}``: 1, 2, 3, 4."""
    return range(1, int(count) + 1)


@register.filter(name="counted")
def counted_filter(count: int, one: str) -> str:
    """``{{ pictures|counted:"picture" }}``: 1 picture, 2,000 pictures."""
    return counted(count, one)


@register.filter
def job_look(state: str) -> Look:
    return JOB_LOOKS[state]


@register.filter
def field_kind(field: BoundField) -> str:
    """Which part of ``ui/_field.html`` draws this form field."""
    return FIELD_KINDS.get(field.widget_type, "input")


@register.filter
def tone(level: int) -> str:
    """The tone of a message of Django's messages framework."""
    return TONES.get(level, "neutral")


@register.filter
def initial(name: object) -> str:
    """The first letter of a name, for avatars."""
    return str(name).strip()[:1].upper() or "?"
