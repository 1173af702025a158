"""A delivery becomes due when its job ends; until now it was due all the time, and its job was asked for."""

from typing import Any, ClassVar

from django.db import migrations
from django.db.models import F, Q

_PORTION = 500


def wait_for_the_end(apps: Any, _: Any) -> None:
    deliveries = apps.get_model("api", "CallerDelivery").objects.filter(due_at__isnull=False)
    is_early = Q(job__finished_at=None) | Q(delivered_at__gte=F("job__finished_at"))
    last = ""
    while found := list(deliveries.filter(is_early, pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_PORTION]):
        deliveries.filter(pk__in=found).update(due_at=None)
        last = found[-1]


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("api", "0002_growth"),
        ("generation", "0010_jobs_say_that_their_end_is_untold"),
    ]

    operations: ClassVar = [migrations.RunPython(wait_for_the_end, migrations.RunPython.noop, elidable=True)]
