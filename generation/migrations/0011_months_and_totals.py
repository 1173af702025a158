import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Sum
from django.db.models.functions import TruncMonth

NAMES = ("project", "member", "api_key", "preset_version", "model")
FIGURES = ("spent", "jobs", "pictures", "approved")


def add_up(apps, editor):
    """What the days kept until now come to."""
    days = apps.get_model("generation", "DailySpend").objects.order_by()
    for name, starts, keys in (("MonthlySpend", "month", NAMES), ("DailyTotal", "day", ())):
        kept = apps.get_model("generation", name)
        rows = days.annotate(starts=TruncMonth("day") if starts == "month" else models.F("day"))
        rows = rows.values_list("team_id", "starts", *keys).annotate(*map(Sum, FIGURES))
        columns = ("team_id", starts, *keys, *FIGURES)
        made = (kept(**dict(zip(columns, row, strict=True))) for row in rows.iterator())
        kept.objects.bulk_create(made, batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_review_rules'),
        ('generation', '0010_somebody_pauses'),
    ]

    operations = [
        migrations.CreateModel(
            name='DailyTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('spent', models.BigIntegerField(default=0)),
                ('jobs', models.IntegerField(default=0, help_text='Captures')),
                ('pictures', models.IntegerField(default=0)),
                ('approved', models.IntegerField(default=0, help_text="Pictures of the day's captures that are approved now")),
                ('day', models.DateField(help_text="In the account's time zone")),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('team', 'day'), name='one_total_a_day')],
            },
        ),
        migrations.CreateModel(
            name='MonthlySpend',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('spent', models.BigIntegerField(default=0)),
                ('jobs', models.IntegerField(default=0, help_text='Captures')),
                ('pictures', models.IntegerField(default=0)),
                ('approved', models.IntegerField(default=0, help_text="Pictures of the day's captures that are approved now")),
                ('project', models.CharField(blank=True, max_length=40)),
                ('member', models.BigIntegerField(default=0)),
                ('api_key', models.CharField(blank=True, max_length=40)),
                ('preset_version', models.BigIntegerField(default=0)),
                ('model', models.CharField(blank=True, max_length=40)),
                ('month', models.DateField(help_text="Its first day, in the account's time zone")),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('team', 'month', 'project', 'member', 'api_key', 'preset_version', 'model'), name='one_spend_a_month')],
            },
        ),
        migrations.RunPython(add_up, migrations.RunPython.noop),
    ]
