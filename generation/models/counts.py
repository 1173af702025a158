"""How many pictures a gallery shows, added up beside them. ``generation.counts`` keeps these rows."""

from django.db import models


class GalleryChange(models.Model):
    """A picture that came into a gallery or left it, until it is added up.

    Whoever changes a gallery only adds such rows: workers that store pictures of one team at the same moment never
    wait for each other, and need not know where the team's days begin.
    """

    team = models.ForeignKey("accounts.Team", models.CASCADE, db_index=False, related_name="+")
    project = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField(help_text="When the picture was made, which names its day")
    pictures = models.SmallIntegerField(help_text="1 or -1")

    class Meta:
        indexes = [models.Index(fields=["team", "id"], name="gallery_change_of_team")]

    def __str__(self) -> str:
        return f"{self.pictures:+} of {self.team_id}"


class GalleryTotal(models.Model):
    """Pictures of a project, or of none, as far as changes are added up."""

    team = models.ForeignKey("accounts.Team", models.CASCADE, db_index=False, related_name="+")
    project = models.CharField(max_length=40, blank=True)
    pictures = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "project"], name="one_gallery_total")]

    def __str__(self) -> str:
        return f"{self.pictures} of {self.team_id}"


class GalleryDay(models.Model):
    """Pictures of one day, as far as changes are added up."""

    team = models.ForeignKey("accounts.Team", models.CASCADE, db_index=False, related_name="+")
    day = models.DateField(help_text="In the time zone of the team's calendar")
    pictures = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "day"], name="one_gallery_day")]

    def __str__(self) -> str:
        return f"{self.pictures} on {self.day}"


class GalleryCalendar(models.Model):
    """Where a gallery's days begin. Whoever adds up or counts anew locks this row; whoever makes pictures does not."""

    team = models.OneToOneField("accounts.Team", models.CASCADE, primary_key=True, related_name="+")
    time_zone = models.CharField(max_length=64, blank=True)
    open_before = models.DateField(
        null=True, blank=True, help_text="Days before this one are still to be counted; empty when all are"
    )

    def __str__(self) -> str:
        return f"Days of {self.team_id} in {self.time_zone}"
