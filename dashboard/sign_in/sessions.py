"""Sessions that are over: their rows, and what is known of the browsers that had them."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone

from generation.database.bulk_delete import delete_in_portions


def clear_expired() -> int:
    """Delete expired sessions, and the browsers whose session is gone; answers how many rows."""
    deleted = delete_in_portions(Session.objects.filter(expire_date__lt=timezone.now()), by="expire_date")
    its_session = Session.objects.filter(pk=OuterRef("session_key"))
    return deleted + delete_in_portions(UserSession.objects.filter(~Exists(its_session)), by="id")
