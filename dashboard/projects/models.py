"""Campaigns and the things that they show."""

from django.db import models

from dashboard.accounts.models import Team, User
from generation.database.folded_columns import FoldedRow, NameKeyField, SearchTextField, TagKeysField
from generation.database.public_ids import PublicIdField
from generation.models import Asset, Image


class Project(FoldedRow):
    id = PublicIdField(prefix="proj")
    team = models.ForeignKey(Team, models.CASCADE, related_name="projects")
    name = models.CharField(max_length=80)
    brief = models.TextField(blank=True)
    search_text = SearchTextField("name", "brief")
    cover = models.ForeignKey(Image, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="project_of_team")]

    def __str__(self) -> str:
        return self.name


class Product(FoldedRow):
    """A thing the team sells. It has photos, of which ``asset`` is the main one."""

    id = PublicIdField(prefix="prod")
    team = models.ForeignKey(Team, models.CASCADE, related_name="products")
    name = models.CharField(max_length=120)
    sku = models.CharField("SKU", max_length=60, blank=True)
    tags = models.JSONField(default=list, blank=True)
    search_text = SearchTextField("name", "sku", "tags")
    tag_keys = TagKeysField("tags")
    sku_key = NameKeyField("sku")
    sku_shared = models.BooleanField(
        default=False, editable=False, help_text="Another product had this SKU before SKUs were unique"
    )
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="products")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="product_of_team")]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "sku_key"],
                condition=models.Q(archived_at__isnull=True, sku_shared=False) & ~models.Q(sku_key=""),
                name="sku_in_library_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProductPhoto(models.Model):
    """A photo that a product is seen by; a photo that two products share is one asset."""

    product = models.ForeignKey(Product, models.CASCADE, db_index=False, related_name="photos")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="product_photos")
    place = models.PositiveSmallIntegerField(help_text="Where it stands among the product's photos")
    note = models.CharField(max_length=120, blank=True, help_text="What tells it from the others, such as a colour")
    source = models.CharField(max_length=2000, blank=True, help_text="The address that it was imported from")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "asset"], name="photo_of_product_once")]
        indexes = [models.Index(fields=["product", "place"], name="photo_of_product_by_place")]

    def __str__(self) -> str:
        return f"{self.product_id} photo {self.place}"


class ProductImport(models.Model):
    """A sheet's good rows on their way into the library."""

    class Asks(models.TextChoices):
        NOTHING = "", "Nothing"
        ENCODING = "encoding", "In which encoding the file is"
        COLUMNS = "columns", "Which column is which"

    id = PublicIdField(prefix="import")
    team = models.ForeignKey(Team, models.CASCADE, related_name="product_imports")
    member = models.ForeignKey(User, models.PROTECT, related_name="+")
    filename = models.CharField(max_length=200)
    shop = models.CharField(max_length=40, blank=True, help_text="Whose export it is, where that shows")
    sheet = models.CharField(max_length=100, blank=True, help_text="The worksheet that is read, in a workbook")
    encoding = models.CharField(max_length=20, blank=True, help_text="How it is read, where it is text")
    asks = models.CharField(
        max_length=10, choices=Asks, default=Asks.NOTHING, blank=True, help_text="What a person has to say first"
    )
    notes = models.JSONField(default=list, blank=True, help_text="Sentences on what is left away")
    started_at = models.DateTimeField(null=True, blank=True, help_text="Empty while it is only a preview")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="import_of_team")]

    def __str__(self) -> str:
        return self.filename


class ImportFile(models.Model):
    """The bytes of a preview, which may be read in another way until it is started."""

    batch = models.OneToOneField(ProductImport, models.CASCADE, primary_key=True, related_name="file")
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.batch_id


class KnownHeader(models.Model):
    """What somebody of the team said of a header once, for the next file that has it."""

    team = models.ForeignKey(Team, models.CASCADE, db_index=False, related_name="known_headers")
    fingerprint = models.CharField(max_length=64)
    columns = models.JSONField()
    encoding = models.CharField(max_length=20, blank=True)
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "fingerprint"], name="header_of_team_once")]

    def __str__(self) -> str:
        return self.fingerprint


class ImportRow(models.Model):
    """A product of a sheet (``place`` 0, with its main photo), or one of its further photos."""

    class State(models.TextChoices):
        BAD = "bad", "Cannot be imported"
        WAITING = "waiting", "Waiting"
        DONE = "done", "Imported"
        KNOWN = "known", "In the library already"
        FAILED = "failed", "Failed"
        DROPPED = "dropped", "Left out with its product"

    batch = models.ForeignKey(ProductImport, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(help_text="Line of the file on which the product begins")
    place = models.PositiveSmallIntegerField(default=0, help_text="The photo's place among the product's")
    name = models.CharField(max_length=120, blank=True)
    sku = models.CharField(max_length=60, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    note = models.CharField(max_length=120, blank=True, help_text="What the photo shows")
    tags = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=State)
    message = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="When a worker looks at this row next")
    tries = models.PositiveSmallIntegerField(default=0, help_text="Times that a worker took this row up")
    product = models.ForeignKey(Product, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line", "place"], name="import_line_once")]
        indexes = [models.Index(fields=["due_at"], name="import_row_due", condition=models.Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.batch_id} line {self.line}"
