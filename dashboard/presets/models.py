"""Prompts that a team shares. A version never changes; a job points at the version it used."""

from django.db import models

from dashboard.accounts.models import Team, User
from generation.contract import AspectRatio
from generation.ids import PublicIdField


class Preset(models.Model):
    class Category(models.TextChoices):
        LIFESTYLE = "lifestyle", "Lifestyle"
        STUDIO = "studio", "Studio"
        SEASONAL = "seasonal", "Seasonal"
        CUSTOM = "custom", "Custom"

    id = PublicIdField(prefix="preset")
    team = models.ForeignKey(Team, models.CASCADE, related_name="presets")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    category = models.CharField(max_length=10, choices=Category, default=Category.CUSTOM)
    cover = models.CharField(max_length=200, blank=True, help_text="Storage key of a thumbnail")
    current = models.ForeignKey("PresetVersion", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="preset_of_team")]

    def __str__(self) -> str:
        return self.name


class PresetVersion(models.Model):
    preset = models.ForeignKey(Preset, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    template = models.TextField(help_text="The prompt; {{product}} stands for the product's name")
    model = models.CharField(max_length=40, default="nanobanana2")
    aspect_ratio = models.CharField(max_length=5, default=AspectRatio.SQUARE.value)
    num_images = models.PositiveSmallIntegerField(default=1)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["preset", "number"], name="preset_version_number_once")]

    def __str__(self) -> str:
        return f"{self.preset} v{self.number}"
