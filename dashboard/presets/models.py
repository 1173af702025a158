"""Prompts that a team shares. A version never changes; a job points at the version it used."""

from django.db import models

from dashboard.accounts.models import Team, User
from dashboard.projects.models import Project
from generation.contract import AspectRatio
from generation.database.folded_columns import FoldedRow, SearchTextField, TagKeysField
from generation.database.public_ids import PublicIdField


class Preset(FoldedRow):
    class Category(models.TextChoices):
        LIFESTYLE = "lifestyle", "Lifestyle"
        STUDIO = "studio", "Studio"
        SEASONAL = "seasonal", "Seasonal"
        CUSTOM = "custom", "Custom"

    class Label(models.TextChoices):
        DRAFT = "draft", "Draft"
        APPROVED = "approved", "Approved"

    class Visibility(models.TextChoices):
        PRIVATE = "private", "Only me"
        PROJECT = "project", "One project"
        TEAM = "team", "The whole team"

    id = PublicIdField(prefix="preset")
    team = models.ForeignKey(Team, models.CASCADE, related_name="presets")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    category = models.CharField(max_length=10, choices=Category, default=Category.CUSTOM)
    tags = models.JSONField(default=list, blank=True)
    label = models.CharField(max_length=10, choices=Label, default=Label.DRAFT, help_text="Approved ones are locked")
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.TEAM)
    project = models.ForeignKey(Project, models.SET_NULL, null=True, blank=True, related_name="presets")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    provider_id = models.CharField(max_length=100, blank=True, help_text="preset_id where it was imported from")
    cover = models.CharField(max_length=200, blank=True, help_text="Storage key of a thumbnail")
    current = models.ForeignKey("PresetVersion", models.PROTECT, null=True, blank=True, related_name="+")
    search_text = SearchTextField("name", "description", "tags", "current.template")
    tag_keys = TagKeysField("tags")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="preset_of_team")]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "provider_id"], condition=~models.Q(provider_id=""), name="provider_preset_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PresetVersion(models.Model):
    preset = models.ForeignKey(Preset, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    template = models.TextField(help_text="The prompt; {{product}} stands for the product's name")
    variables = models.JSONField(default=list, blank=True, help_text="As dashboard.presets.variables writes them")
    model = models.CharField(max_length=40, default="nanobanana2")
    aspect_ratio = models.CharField(max_length=5, default=AspectRatio.SQUARE.value)
    num_images = models.PositiveSmallIntegerField(default=1)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["preset", "number"], name="preset_version_number_once")]

    def __str__(self) -> str:
        return f"{self.preset} v{self.number}"


class BrandKit(models.Model):
    """What a team puts around every prompt, and never into one."""

    team = models.OneToOneField(Team, models.CASCADE, primary_key=True, related_name="brand_kit")
    prefix = models.CharField(max_length=300, blank=True)
    suffix = models.CharField(max_length=300, blank=True)
    banned_words = models.JSONField(default=list, blank=True)
    palette = models.JSONField(default=list, blank=True, help_text='[{"name": "Sage", "value": "#8aa887"}, …]')

    def __str__(self) -> str:
        return f"Brand kit of {self.team}"
