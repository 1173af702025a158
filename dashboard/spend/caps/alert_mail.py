"""The mail about a cap that is nearly used up."""

import logging
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.dateparse import parse_datetime

from dashboard.accounts.models import Membership, Role
from dashboard.spend.caps import labels
from dashboard.spend.models import Alert
from generation.models import CreditAccount

log = logging.getLogger(__name__)


def recipients(alert: Alert) -> list[str]:
    """Admins and owners, and the member whose cap it is; only who can still sign in to the team."""
    rows = Membership.objects.filter(team=alert.team, user__is_active=True).select_related("user").order_by("pk")
    concerned = alert.cap.member_id if alert.cap else None
    return [row.user.email for row in rows if row.role >= Role.ADMIN or row.user_id == concerned]


def send(alert: Alert) -> str:
    """Mail it to everybody at once. Empty when the mail server took it, else why not, in words."""
    to = recipients(alert)
    if not to:
        return ""
    context = {"alert": alert, "payload": alert.payload, "share": _share(alert), "resets": _resets(alert)}
    subject = " ".join(render_to_string("spend/caps/mail/cap_warning_subject.txt", context).split())
    body = render_to_string("spend/caps/mail/cap_warning.txt", context)
    try:
        EmailMessage(subject, body, None, to).send()
    except (OSError, SMTPException) as error:
        log.warning("The alert %s could not be mailed: %s", alert.id, error)
        return f"The mail server did not take it ({type(error).__name__})."
    return ""


def _share(alert: Alert) -> int:
    return labels.share(alert.payload["used"], alert.payload["limit"])


def _resets(alert: Alert) -> str:
    moment = parse_datetime(alert.payload["resets_at"] or "")
    return labels.day(moment, CreditAccount.zone_of(alert.team_id)) if moment else ""
