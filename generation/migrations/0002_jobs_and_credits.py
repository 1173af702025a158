import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("generation", "0002_initial"),
        ("generation", "0003_append_only"),
        ("generation", "0004_variables_and_lineage"),
        ("generation", "0005_whose_turn_it_is"),
        ("generation", "0006_caps_and_reports"),
        ("generation", "0007_what_the_ledger_tells_apart"),
        ("generation", "0008_holds_lean_on_their_entries"),
        ("generation", "0009_days_are_read_from_their_index"),
        ("generation", "0010_somebody_pauses"),
        ("generation", "0011_months_and_totals"),
        ("generation", "0012_how_far_jobs_are_compared"),
        ("generation", "0013_a_warning_is_seen_when_it_is_told"),
        ("generation", "0014_nobody_empties_the_ledger"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_people_and_teams"),
        ("generation", "0001_connections_and_photos"),
        ("presets", "0001_presets"),
        ("projects", "0001_projects_and_products"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.CharField(editable=False, max_length=32, primary_key=True, serialize=False)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="batches", to="accounts.team"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="projects.project",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["team", "-id"], name="batch_of_team")],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.CharField(editable=False, max_length=30, primary_key=True, serialize=False)),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jobs",
                        to="accounts.team",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="generation.batch",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="generation.connection",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="projects.project",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="jobs", to="projects.product"
                    ),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="generation.asset",
                    ),
                ),
                (
                    "preset_version",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="presets.presetversion",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="accounts.apikey",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="generation.job",
                    ),
                ),
                (
                    "lineage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Original"),
                            ("retry", "Second try"),
                            ("rerun", "Made again"),
                            ("variation", "Variation"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "fingerprint",
                    models.CharField(blank=True, help_text="Hash of what was asked, to find its like", max_length=64),
                ),
                ("prompt", models.TextField()),
                (
                    "variables",
                    models.JSONField(blank=True, default=dict, help_text="Values that filled the preset's template"),
                ),
                (
                    "provider_preset",
                    models.CharField(blank=True, help_text="preset_id at the provider", max_length=100),
                ),
                ("model", models.CharField(max_length=40)),
                ("aspect_ratio", models.CharField(default="1:1", max_length=5)),
                ("num_images", models.PositiveSmallIntegerField(default=1)),
                ("price", models.PositiveIntegerField(help_text="Credits held")),
                (
                    "webhook_url",
                    models.URLField(blank=True, help_text="Where the API's caller wants to be told", max_length=1000),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("submitting", "Submitting"),
                            ("submitted", "Rendering"),
                            ("rendered", "Rendered"),
                            ("storing", "Storing"),
                            ("completed", "Done"),
                            ("unknown", "Checking"),
                            ("needs_review", "Needs you"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(blank=True, help_text="When the machine looks at this job next", null=True),
                ),
                (
                    "tries",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Looks in the present state; sets the next gap"
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0)),
                (
                    "tokens_used",
                    models.PositiveIntegerField(blank=True, help_text="True cost, as the provider said", null=True),
                ),
                ("error_code", models.CharField(blank=True, max_length=40)),
                ("error_message", models.TextField(blank=True, help_text="The provider's own words")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["team", "-id"], name="job_of_team"),
                    models.Index(fields=["batch", "id"], name="job_of_batch"),
                    models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="job_due"),
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["connection", "member", "api_key", "batch", "id"],
                        name="job_waiting",
                    ),
                    models.Index(fields=["team", "fingerprint"], name="job_by_fingerprint"),
                    models.Index(
                        condition=models.Q(("project__isnull", False)), fields=["project"], name="job_of_project"
                    ),
                    models.Index(
                        condition=models.Q(("parent__isnull", False)), fields=["parent"], name="job_of_parent"
                    ),
                    models.Index(
                        condition=models.Q(("preset_version__isnull", False)),
                        fields=["preset_version"],
                        name="job_of_preset_version",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.CharField(editable=False, max_length=30, primary_key=True, serialize=False)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="generation.job"
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="generation.connection",
                    ),
                ),
                ("token_hash", models.CharField(help_text="SHA-256 of the webhook token", max_length=64, unique=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("posting", "On its way"),
                            ("accepted", "Accepted"),
                            ("not_sent", "Certainly not sent"),
                            ("refused", "Refused"),
                            ("unknown", "Unknown"),
                        ],
                        default="posting",
                        max_length=10,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=500)),
                ("provider_job_id", models.CharField(blank=True, max_length=100, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "provider_job_id"), name="provider_job_has_one_attempt"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="generation.attempt"
                    ),
                ),
                (
                    "digest",
                    models.CharField(help_text="SHA-256 of the body, so that a repeat is stored once", max_length=64),
                ),
                ("body", models.TextField(blank=True)),
                ("received_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("attempt", "digest"), name="delivery_stored_once")],
            },
        ),
        migrations.CreateModel(
            name="Image",
            fields=[
                ("id", models.CharField(editable=False, max_length=30, primary_key=True, serialize=False)),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="images",
                        to="accounts.team",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="images",
                        to="generation.job",
                    ),
                ),
                ("index", models.PositiveSmallIntegerField()),
                ("source_url", models.URLField(help_text="The provider's link, which expires", max_length=2000)),
                ("original", models.CharField(blank=True, max_length=200)),
                ("display", models.CharField(blank=True, max_length=200)),
                ("thumbnail", models.CharField(blank=True, max_length=200)),
                ("mime", models.CharField(blank=True, max_length=20)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveIntegerField(default=0, help_text="Bytes")),
                ("width", models.PositiveIntegerField(default=0)),
                ("height", models.PositiveIntegerField(default=0)),
                ("thumb_hash", models.CharField(blank=True, max_length=60)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("stored_at", models.DateTimeField(blank=True, null=True)),
                (
                    "review",
                    models.CharField(
                        blank=True,
                        choices=[("", "Not reviewed"), ("approved", "Approved"), ("rejected", "Rejected")],
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "deleted_at",
                    models.DateTimeField(blank=True, help_text="Its files are gone; what it cost stays", null=True),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", True), ("stored_at__isnull", False)),
                        fields=["team", "-id"],
                        name="shown_of_team",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("job", "index"), name="image_of_job_once")],
            },
        ),
        migrations.CreateModel(
            name="Cap",
            fields=[
                ("id", models.CharField(editable=False, max_length=30, primary_key=True, serialize=False)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="caps", to="accounts.team"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="caps",
                        to="projects.project",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="caps",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[("month", "Every month"), ("total", "In all")], default="month", max_length=5
                    ),
                ),
                ("credits", models.PositiveBigIntegerField()),
                ("warn_at", models.PositiveSmallIntegerField(default=80, help_text="Per cent")),
                ("raised_by", models.PositiveBigIntegerField(default=0, help_text="Credits on top, for a while")),
                ("raised_until", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("project", None), ("member", None), _connector="OR"),
                        name="cap_bounds_one_thing",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("member", None), ("project", None)),
                        fields=("team", "period"),
                        name="one_cap_of_team",
                    ),
                    models.UniqueConstraint(fields=("project", "period"), name="one_cap_of_project"),
                    models.UniqueConstraint(fields=("team", "member", "period"), name="one_cap_of_member"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CapPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cap",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="periods",
                        to="generation.cap",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                ("starts", models.DateTimeField()),
                ("ends", models.DateTimeField(help_text="The first moment that no longer counts")),
                ("held", models.BigIntegerField(default=0)),
                ("spent", models.BigIntegerField(default=0)),
                (
                    "announced_at",
                    models.DateTimeField(
                        blank=True, help_text="When people were told that the warning's share was reached", null=True
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["team", "starts"], name="cap_period_of_team"),
                    models.Index(
                        condition=models.Q(("announced_at__isnull", True)), fields=["ends"], name="cap_to_announce"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("cap", "starts"), name="cap_period_once"),
                    models.CheckConstraint(condition=models.Q(("held__gte", 0)), name="cap_held_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="generation.creditaccount",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grant", "Grant"),
                            ("hold", "Hold"),
                            ("capture", "Capture"),
                            ("release", "Release"),
                            ("refund", "Refund"),
                            ("adjust", "Adjustment"),
                        ],
                        max_length=8,
                    ),
                ),
                ("granted", models.BigIntegerField(default=0)),
                ("held", models.BigIntegerField(default=0)),
                ("spent", models.BigIntegerField(default=0)),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="generation.job",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.apikey",
                    ),
                ),
                (
                    "preset_version",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="presets.presetversion",
                    ),
                ),
                ("model", models.CharField(blank=True, max_length=40)),
                ("pictures", models.PositiveSmallIntegerField(default=0, help_text="That a capture paid for")),
            ],
            options={
                "verbose_name_plural": "ledger entries",
                "ordering": ["-created_at", "-id"],
                "indexes": [models.Index(fields=["account", "-created_at", "-id"], name="entry_of_account")],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "job",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="hold",
                        serialize=False,
                        to="generation.job",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="generation.creditaccount",
                    ),
                ),
                ("credits", models.PositiveIntegerField()),
                (
                    "held_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        help_text="The whole cost of a job counts in the caps' period of this moment",
                    ),
                ),
                (
                    "spender",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        help_text="Whose cap it counts against: the member, or whoever made the key",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("resolved_at__isnull", True)), fields=["account"], name="hold_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DailySpend",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                ("spent", models.BigIntegerField(default=0)),
                ("jobs", models.IntegerField(default=0, help_text="Captures")),
                ("pictures", models.IntegerField(default=0)),
                (
                    "approved",
                    models.IntegerField(default=0, help_text="Pictures of the day's captures that are approved now"),
                ),
                ("project", models.CharField(blank=True, max_length=40)),
                ("member", models.BigIntegerField(default=0)),
                ("api_key", models.CharField(blank=True, max_length=40)),
                ("preset_version", models.BigIntegerField(default=0)),
                ("model", models.CharField(blank=True, max_length=40)),
                ("day", models.DateField(help_text="In the account's time zone")),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=[
                            "team",
                            "day",
                            "project",
                            "member",
                            "api_key",
                            "preset_version",
                            "model",
                            "spent",
                            "pictures",
                            "approved",
                        ],
                        name="spend_of_days",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("team", "day", "project", "member", "api_key", "preset_version", "model"),
                        name="one_spend_a_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthlySpend",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                ("spent", models.BigIntegerField(default=0)),
                ("jobs", models.IntegerField(default=0, help_text="Captures")),
                ("pictures", models.IntegerField(default=0)),
                (
                    "approved",
                    models.IntegerField(default=0, help_text="Pictures of the day's captures that are approved now"),
                ),
                ("project", models.CharField(blank=True, max_length=40)),
                ("member", models.BigIntegerField(default=0)),
                ("api_key", models.CharField(blank=True, max_length=40)),
                ("preset_version", models.BigIntegerField(default=0)),
                ("model", models.CharField(blank=True, max_length=40)),
                ("month", models.DateField(help_text="Its first day, in the account's time zone")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("team", "month", "project", "member", "api_key", "preset_version", "model"),
                        name="one_spend_a_month",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DailyTotal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                ("spent", models.BigIntegerField(default=0)),
                ("jobs", models.IntegerField(default=0, help_text="Captures")),
                ("pictures", models.IntegerField(default=0)),
                (
                    "approved",
                    models.IntegerField(default=0, help_text="Pictures of the day's captures that are approved now"),
                ),
                ("day", models.DateField(help_text="In the account's time zone")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("team", "day"), name="one_total_a_day")],
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reconciliations",
                        to="accounts.team",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reconciliations",
                        to="generation.connection",
                    ),
                ),
                ("checked_at", models.DateTimeField()),
                (
                    "since",
                    models.DateTimeField(
                        blank=True, help_text="The reading that it compares with; empty for none", null=True
                    ),
                ),
                (
                    "account",
                    models.CharField(
                        blank=True, help_text="Whose balance it is, where the provider says so", max_length=100
                    ),
                ),
                ("balance", models.BigIntegerField()),
                (
                    "captured_in_all",
                    models.BigIntegerField(help_text="Credits captured through the connection when it was read"),
                ),
                ("moved", models.BigIntegerField(default=0, help_text="Credits that the balance fell by since then")),
                ("captured", models.BigIntegerField(default=0, help_text="Credits that we captured since then")),
                (
                    "in_flight",
                    models.BigIntegerField(default=0, help_text="Credits of jobs that the provider may have charged"),
                ),
                (
                    "drift",
                    models.BigIntegerField(default=0, help_text="What neither captures nor jobs under way explain"),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Open"),
                            ("adjusted", "Adjusted"),
                            ("top_up", "A top-up"),
                            ("explained", "Explained"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["team", "-id"], name="reconciliation_of_team")],
            },
        ),
        migrations.CreateModel(
            name="JobList",
            fields=[
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="job_list",
                        serialize=False,
                        to="generation.connection",
                    ),
                ),
                (
                    "compared_until",
                    models.DateTimeField(help_text="Whatever was made before is compared, or told as what was not"),
                ),
                (
                    "read",
                    models.PositiveIntegerField(
                        default=0, help_text="Jobs that the present walk has read; 0: there is none"
                    ),
                ),
                ("newest", models.DateTimeField(blank=True, help_text="When its newest job was made", null=True)),
                (
                    "waiting",
                    models.DateTimeField(
                        blank=True, help_text="When the oldest that has not ended was made", null=True
                    ),
                ),
                ("last_id", models.CharField(blank=True, help_text="The last job that it read", max_length=100)),
                ("fault", models.CharField(blank=True, help_text="Why it stopped", max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="Discrepancy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reconciliation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="discrepancies",
                        to="generation.reconciliation",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discrepancies",
                        to="generation.job",
                    ),
                ),
                ("provider_job_id", models.CharField(blank=True, max_length=100)),
                ("captured", models.BigIntegerField(default=0, help_text="Credits that we captured")),
                (
                    "charged",
                    models.BigIntegerField(
                        blank=True, help_text="tokens_used, as the provider says; empty: unknown", null=True
                    ),
                ),
                ("note", models.CharField(help_text="What is odd about it, in one sentence", max_length=200)),
            ],
        ),
    ]
