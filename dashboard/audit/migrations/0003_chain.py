import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from dashboard.audit.chain import facts
from dashboard.audit.verify import GENESIS, hash_of
from generation.append_only import protect, unprotect

TABLE = "audit_auditevent"
AT_ONCE = 500


def open_table(apps, editor):
    unprotect(editor, TABLE)


def close_table(apps, editor):
    protect(editor, TABLE)


def chain_teams(apps, editor):
    """Give the events that are there their places, in the order in which they were written."""
    events, heads = apps.get_model("audit", "AuditEvent"), apps.get_model("audit", "AuditHead")
    for team_id in list(events.objects.order_by().values_list("team_id", flat=True).distinct()):
        sequence, last = chain_team(events, team_id)
        heads.objects.create(team_id=team_id, sequence=sequence, hash=last)


def chain_team(events, team_id):
    sequence, last, after = 0, GENESIS, 0
    mine = events.objects.filter(team_id=team_id).select_related("user", "api_key").order_by("pk")
    while rows := list(mine.filter(pk__gt=after)[:AT_ONCE]):
        for row in rows:
            sequence += 1
            row.kind, row.actor = who(row)
            row.sequence, row.previous = sequence, last
            row.hash = last = hash_of(last, sequence, facts(row))
        events.objects.bulk_update(rows, ["kind", "actor", "sequence", "previous", "hash"], batch_size=100)
        after = rows[-1].pk
    return sequence, last


def who(row):
    if row.api_key is not None:
        return "key", row.api_key.name
    if row.user is not None:
        return "person", row.user.name or row.user.email
    return "task", "Packshot"


def field(name, value):
    return migrations.AddField("auditevent", name, value, preserve_default=False)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("audit", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # SQLite makes the table anew for some of these, and would lose the triggers on the way.
        migrations.RunPython(open_table, close_table),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="audit_head",
                        serialize=False,
                        to="accounts.team",
                    ),
                ),
                ("sequence", models.BigIntegerField(default=0)),
                ("hash", models.CharField(max_length=64)),
                (
                    "signed_on",
                    models.DateField(blank=True, help_text="The last day whose head was signed and stored", null=True),
                ),
            ],
        ),
        field("sequence", models.BigIntegerField(default=0, help_text="1 for the team's first event, then without gaps")),
        field(
            "kind",
            models.CharField(
                choices=[("person", "A person"), ("key", "An API key"), ("task", "Packshot itself")],
                default="task",
                max_length=6,
            ),
        ),
        field("actor", models.CharField(default="", help_text="The actor's name at that time", max_length=254)),
        field("previous", models.CharField(default="", help_text="The hash of the event before", max_length=64)),
        field("hash", models.CharField(default="", max_length=64)),
        migrations.AlterField(
            "auditevent", "created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)
        ),
        migrations.AlterField(
            "auditevent", "action", models.CharField(help_text="What was done, e.g. batch.started", max_length=40)
        ),
        migrations.RunPython(chain_teams, migrations.RunPython.noop),
        migrations.RemoveIndex("auditevent", "event_of_team"),
        migrations.AddConstraint(
            "auditevent", models.UniqueConstraint(fields=["team", "sequence"], name="one_chain_per_team")
        ),
        migrations.AddIndex(
            "auditevent", models.Index(fields=["team", "user", "-sequence"], name="event_of_person")
        ),
        migrations.AddIndex(
            "auditevent", models.Index(fields=["team", "action", "-sequence"], name="event_of_action")
        ),
        migrations.AddIndex(
            "auditevent", models.Index(fields=["team", "object_id", "-sequence"], name="event_of_object")
        ),
        migrations.AddIndex("auditevent", models.Index(fields=["team", "created_at"], name="event_of_day")),
        migrations.RunPython(close_table, open_table),
    ]
