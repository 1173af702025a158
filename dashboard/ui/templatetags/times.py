"""Moments as people read them, in every template without loading: ``{% moment picture.created_at "j F Y, H:i" %}``."""

from datetime import datetime

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.ui import times

register = template.Library()
register.simple_tag(times.zone_name)

AGO = "ago"


@register.simple_tag
def moment(at: datetime | None, shown: str = "j F Y, H:i", css: str = "") -> SafeString | str:
    """A ``<time>``: for people in the team's time zone, which its title names; for machines in UTC.

    ``shown`` is a format of Django's dates, or ``ago``.
    """
    if at is None:
        return ""
    text = naturaltime(at) if shown == AGO else date_format(timezone.localtime(at), shown)
    style = format_html(' class="{}"', css) if css else ""
    title = times.told(at, times.IN_FULL)
    return format_html('<time{} datetime="{}" title="{}">{}</time>', style, times.utc(at), title, text)
