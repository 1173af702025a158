"""Mails about teams."""

import logging
from smtplib import SMTPException

from django.core.mail import send_mail
from django.template.loader import render_to_string

from dashboard.accounts.models import Invitation
from dashboard.accounts.time_zone import clock_of
from dashboard.ui.times import told

log = logging.getLogger(__name__)


def send_invitation(invitation: Invitation, *, link: str) -> bool:
    """Whether the mail server took the mail."""
    with clock_of(invitation.team):
        context = {"invitation": invitation, "link": link, "until": told(invitation.expires_at)}
    subject = " ".join(render_to_string("members/mail/invitation_subject.txt", context).split())
    body = render_to_string("members/mail/invitation.txt", context)
    try:
        send_mail(subject, body, None, [invitation.email])
    except (OSError, SMTPException) as error:
        log.warning("The invitation %s could not be mailed: %s", invitation.id, error)
        return False
    return True
