"""Campaigns and the things that they show."""

from django.db import models

from dashboard.accounts.models import Team
from generation.ids import PublicIdField
from generation.models import Asset


class Project(models.Model):
    id = PublicIdField(prefix="proj")
    team = models.ForeignKey(Team, models.CASCADE, related_name="projects")
    name = models.CharField(max_length=80)
    brief = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="project_of_team")]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A thing the team sells, seen through its present photo."""

    id = PublicIdField(prefix="prod")
    team = models.ForeignKey(Team, models.CASCADE, related_name="products")
    name = models.CharField(max_length=120)
    sku = models.CharField("SKU", max_length=60, blank=True)
    tags = models.JSONField(default=list, blank=True)
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="products")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="product_of_team")]

    def __str__(self) -> str:
        return self.name
