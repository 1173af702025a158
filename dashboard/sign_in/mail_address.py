"""Another mail address for a person, once they have shown that they read its mail."""

import logging
from smtplib import SMTPException

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from dashboard.accounts.models import User
from dashboard.members.actions import MemberRefused
from dashboard.sign_in.audit_trail import note

log = logging.getLogger(__name__)
SALT = "another mail address"
HOURS = 24
TAKEN = "This address has an account already."
OVER = "This link has expired or was used. Ask for another one under Your account."


def ask(user: User, *, email: str) -> None:
    """Send a link to the new address. Raises :class:`MemberRefused`, and what a mail server that is away raises."""
    if email == user.email:
        raise MemberRefused("This is your address already.")
    if User.objects.filter(email__iexact=email).exists():
        raise MemberRefused(TAKEN)
    token = signing.dumps([user.pk, user.email, email], salt=SALT)
    link = settings.PUBLIC_URL + reverse("confirm_address", args=[token])
    text = render_to_string("sign_in/mail/address.txt", {"user": user, "email": email, "link": link, "hours": HOURS})
    send_mail("Confirm your mail address for Packshot", text, None, [email])


def asked(token: str) -> tuple[User, str]:
    """Who asked for which address. Raises :class:`MemberRefused` once the link leads nowhere."""
    try:
        person, former, email = signing.loads(token, salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature as error:
        raise MemberRefused(OVER) from error
    user = User.objects.filter(pk=person, email=former, is_active=True).first()
    if user is None:
        raise MemberRefused(OVER)
    return user, email


def confirm(request: HttpRequest, token: str) -> User:
    """Give the person their new address. Raises :class:`MemberRefused`, and then everything stays as it was."""
    user, email = asked(token)
    former, user.email = user.email, email
    if user.username == former:
        user.username = email
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "username"])
            EmailAddress.objects.filter(user=user).delete()
            EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
            note(request, user, "person.address_changed", before={"email": former}, after={"email": email})
    except IntegrityError as error:
        raise MemberRefused(TAKEN) from error
    _tell(former, user)
    return user


def _tell(former: str, user: User) -> None:
    """Let the former address know, so that nobody loses an account in silence."""
    text = render_to_string("sign_in/mail/address_changed.txt", {"user": user, "former": former})
    try:
        send_mail("Your mail address for Packshot was changed", text, None, [former])
    except (OSError, SMTPException) as error:
        log.warning("The former address of user %s could not be told: %s", user.pk, error)
