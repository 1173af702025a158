"""People, their teams, and the keys of their scripts."""

import hashlib
import secrets
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils import timezone

from generation.database.encryption import EncryptedField
from generation.database.public_ids import PublicIdField

INVITATION_DAYS = 7
"""How long an invitation works, unless whoever makes it chooses otherwise."""


class PeopleManager(UserManager["User"]):
    """Makes users who are known by their mail address."""

    use_in_migrations = False  # migrations import no code that may move

    def create_user(self, username: str | None = None, *args: Any, **fields: Any) -> "User":
        return super().create_user(username or fields["email"].lower(), *args, **fields)

    def create_superuser(self, username: str | None = None, *args: Any, **fields: Any) -> "User":
        return super().create_superuser(username or fields["email"].lower(), *args, **fields)


class User(AbstractUser):
    """A person, who signs in with a mail address."""

    email = models.EmailField("email address", unique=True)
    name = models.CharField(max_length=100, blank=True)

    objects: ClassVar[PeopleManager] = PeopleManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.IntegerChoices):
    """What a member may do; each role may do all that a lower one may."""

    VIEWER = 10, "Viewer"
    CREATOR = 20, "Creator"
    ADMIN = 30, "Admin"
    OWNER = 40, "Owner"


class Team(models.Model):
    id = PublicIdField(prefix="team")
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)
    approve_own = models.BooleanField(default=True, help_text="Members may approve pictures that they made themselves")
    approved_only = models.BooleanField(default=False, help_text="Only approved pictures may be downloaded")
    retention_days = models.PositiveIntegerField(default=0, help_text="Days that pictures are kept; 0 is for ever")
    alert_url = models.URLField(max_length=1000, blank=True, help_text="Where warnings about caps are posted")
    alert_secret = EncryptedField(blank=True, help_text="Signs those posts")
    founded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who made it; nobody: an operator"
    )

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.PositiveSmallIntegerField(choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)
    last_active_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


class ApiKey(models.Model):
    """A script's way into a team. Only a hash is kept; the key itself is shown once."""

    id = PublicIdField(prefix="key")
    team = models.ForeignKey(Team, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    hint = models.CharField(max_length=12, help_text="First characters, to recognise it by")
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @staticmethod
    def hash(key: str) -> str:
        """SHA-256 suffices: a key has 256 random bits, so there is no dictionary to slow down."""
        return hashlib.sha256(key.encode()).hexdigest()

    @classmethod
    def issue(cls, *, team: Team, name: str, created_by: User) -> tuple["ApiKey", str]:
        """Make a key; the second value is the secret, which cannot be had again."""
        key = f"ps_{secrets.token_urlsafe(32)}"
        row = cls.objects.create(team=team, name=name, hint=key[:8], digest=cls.hash(key), created_by=created_by)
        return row, key


class FailedSignIns(models.Model):
    """How often guessing failed, at one person or from one client. See ``throttle``."""

    subject = models.CharField(primary_key=True, max_length=64, help_text="A digest of whose failures these are")
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.failures} until {self.last_at}"


class CacheEntry(models.Model):
    """What Django's cache remembers. See ``row_cache``."""

    key = models.CharField(primary_key=True, max_length=64, help_text="A digest of the key")
    value = models.JSONField()
    valid_from = models.DateTimeField(help_text="Before that the clock was ahead when this was written")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class Invitation(models.Model):
    """A way into a team that works once. Only a hash of its token is kept; the link is shown once."""

    id = PublicIdField(prefix="inv")
    team = models.ForeignKey(Team, models.CASCADE, related_name="invitations")
    email = models.EmailField(blank=True, help_text="Empty: whoever has the link may use it")
    role = models.PositiveSmallIntegerField(choices=[choice for choice in Role.choices if choice[0] < Role.OWNER])
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="invitation_of_team")]

    def __str__(self) -> str:
        return f"{self.email or 'Whoever has the link'} to {self.team}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class IdempotencyKey(models.Model):
    """An order that went through, and what it made: the same order again makes nothing, and is answered by this.

    Written in the order's own transaction, and kept for a day at least.
    """

    scope = models.CharField(max_length=64, help_text="Who gave the order: a person, or the id of an API key")
    key = models.CharField(max_length=255, help_text="What names this order among all of theirs")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was asked for")
    made = EncryptedField(help_text="What came of it, as JSON; encrypted, since a new key or link may be part of it")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="order_once")]
        indexes = [models.Index(fields=["created_at"], name="order_age")]

    def __str__(self) -> str:
        return f"An order of {self.scope}"
