"""What a browser is asked to insist on, for how long and below which names."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.operations.running import ROOT, surroundings

SCRIPT = """
import json
from django.conf import settings
from django.core.checks import run_checks
import django
django.setup()
names = ["SECONDS", "INCLUDE_SUBDOMAINS", "PRELOAD"]
complaints = [check.id for check in run_checks(include_deployment_checks=True) if not check.is_silenced()]
print(json.dumps([[getattr(settings, "SECURE_HSTS_" + name) for name in names], complaints]))
"""
HTTPS = {"PACKSHOT_PUBLIC_URL": "https://packshot.example.com", "PACKSHOT_SANDBOX": "false"}


@pytest.mark.parametrize(
    ("variables", "asked"),
    [({}, [31_536_000, False, False]), ({"PACKSHOT_HSTS_PRELOAD": "true"}, [31_536_000, True, True])],
)
def test_names_below_ours_are_bound_on_request_only(
    tmp_path: Path, variables: dict[str, str], asked: list[object]
) -> None:
    place = surroundings() | {"PACKSHOT_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    place |= HTTPS | variables
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=place,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [asked, []]
