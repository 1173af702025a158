"""What the gallery promises."""

from django.db import models

from dashboard.accounts.models import Team


class Removal(models.Model):
    """When a team's old pictures may go, as its admins were told, and when some last went."""

    team = models.OneToOneField(Team, models.CASCADE, primary_key=True, related_name="removal")
    announced_at = models.DateTimeField(help_text="When the rule was made that holds now")
    not_before = models.DateTimeField(help_text="The night that whoever made it was told of")
    due_since = models.DateTimeField(null=True, blank=True, help_text="When a look first found that it is time")
    came_on = models.DateField(
        null=True, blank=True, help_text="The last day on which pictures went, where the team is"
    )

    def __str__(self) -> str:
        return f"Removal of old pictures of {self.team_id}"
