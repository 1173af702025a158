"""Photos that go in, and pictures that come out."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from generation.database.public_ids import PublicIdField
from generation.media.pictures import Flaw


class Asset(models.Model):
    """A source photo. Jobs point at it and keep doing so when a product gets a new one."""

    id = PublicIdField(prefix="asset")
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="assets")
    original = models.CharField(max_length=200, help_text="Storage key of the file as it was uploaded")
    display = models.CharField(max_length=200, help_text="Storage key of the upright, stripped copy")
    thumbnail = models.CharField(max_length=200)
    mime = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    thumb_hash = models.CharField(max_length=60, blank=True)
    provider_id = models.CharField(max_length=100, blank=True, help_text="asset_id at the team's connection")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["team", "sha256"], name="asset_of_team_by_hash")]

    def __str__(self) -> str:
        return self.id


class Pictures(models.QuerySet["Image"]):
    def in_gallery(self) -> Self:
        """Those that may be shown: they are stored, and nobody has removed them."""
        return self.filter(stored_at__isnull=False, deleted_at__isnull=True)

    def with_thumbnail(self) -> Self:
        """Those of the gallery that there is something to see of."""
        return self.in_gallery().exclude(thumbnail="")


class Image(models.Model):
    """One picture of a job. It is in the gallery from ``stored_at`` to ``deleted_at``.

    With a ``flaw`` some of its files may be missing.
    """

    class Review(models.TextChoices):
        NONE = "", "Not reviewed"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"

    id = PublicIdField(prefix="img")
    team = models.ForeignKey("accounts.Team", models.CASCADE, db_index=False, related_name="images")
    job = models.ForeignKey("generation.Job", models.PROTECT, db_index=False, related_name="images")
    index = models.PositiveSmallIntegerField()
    source_url = models.URLField(max_length=2000, help_text="The provider's link, which expires")
    original = models.CharField(max_length=200, blank=True)
    display = models.CharField(max_length=200, blank=True)
    thumbnail = models.CharField(max_length=200, blank=True)
    mime = models.CharField(max_length=20, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0, help_text="Bytes")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    thumb_hash = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now, help_text="The moment of the capture that paid for it")
    stored_at = models.DateTimeField(null=True, blank=True)
    review = models.CharField(max_length=8, choices=Review, default=Review.NONE, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="Its files are gone; what it cost stays")
    flaw = models.CharField(
        max_length=12,
        choices=[(flaw.value, flaw.name.capitalize().replace("_", " ")) for flaw in Flaw],
        blank=True,
        default="",
        help_text="What keeps it from being shown whole",
    )

    objects = Pictures.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "index"], name="image_of_job_once")]
        indexes = [
            models.Index(
                fields=["team", "-id"],
                name="shown_of_team",
                condition=Q(stored_at__isnull=False, deleted_at__isnull=True),
            ),
            models.Index(
                fields=["team", "created_at"],
                name="shown_of_team_by_age",
                condition=Q(stored_at__isnull=False, deleted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.id
