import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_people_and_teams"),
    ]

    operations = [
        migrations.CreateModel(
            name="CacheEntry",
            fields=[
                (
                    "key",
                    models.CharField(help_text="A digest of the key", max_length=64, primary_key=True, serialize=False),
                ),
                ("value", models.JSONField()),
                ("valid_from", models.DateTimeField(help_text="Before that the clock was ahead when this was written")),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="FailedSignIns",
            fields=[
                (
                    "subject",
                    models.CharField(
                        help_text="A digest of whose failures these are",
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("failures", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AddField(
            model_name="team",
            name="founded_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Who made it; nobody: an operator",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "scope",
                    models.CharField(help_text="Who gave the order: a person, or the id of an API key", max_length=64),
                ),
                ("key", models.CharField(help_text="What names this order among all of theirs", max_length=255)),
                ("digest", models.CharField(help_text="SHA-256 of what was asked for", max_length=64)),
                (
                    "made",
                    models.TextField(
                        help_text="What came of it, as JSON; encrypted, since a new key or link may be part of it"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="order_age")],
                "constraints": [models.UniqueConstraint(fields=("scope", "key"), name="order_once")],
            },
        ),
    ]
