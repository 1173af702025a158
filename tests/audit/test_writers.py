"""Parallel writers neither fork the chain nor block each other, and old logs get one, on both engines."""

from pathlib import Path
from typing import Any

from tests import programs

THREADS, EACH = 6, 12

SCRIPT = """
import json, os, sys, threading
import django
django.setup()
from django.core.management import call_command
from django.db import connection, transaction
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.audit.models import AuditEvent, AuditHead
from dashboard.audit.proof import Proof
from dashboard.audit.record import record

def faults(team):
    return [(fault.sequence, fault.sentence) for fault in Proof(team.id).faults()]
"""

PARALLEL = """
teams = [Team.objects.create(name=name) for name in ("Northwind", "Outsiders")]
gate, broken = threading.Barrier(THREADS), []

def write(number):
    try:
        gate.wait()
        for turn in range(EACH):
            team = teams[turn % 2]
            with transaction.atomic():
                if number % 2:  # half of them hold the team's row for themselves, the others come straight here
                    Team.objects.select_for_update().get(pk=team.pk)
                    Team.objects.filter(pk=team.pk).update(name=f"By {number}")
                record(Actor(team, Role.OWNER), "team.renamed", team.id, after={"name": f"By {number}"})
                if turn % 4 == 3:
                    transaction.set_rollback(True)
    except Exception as error:
        broken.append(repr(error))
    finally:
        connection.close()

threads = [threading.Thread(target=write, args=[number]) for number in range(THREADS)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
counts = sorted(AuditHead.objects.values_list("sequence", flat=True))
print(json.dumps([broken, [faults(team) for team in teams], counts]))
"""


def run(code: str, *, database: str, data: Path) -> Any:
    """What a process of its own prints, which works on ``database``."""
    numbers = f"THREADS, EACH = {THREADS}, {EACH}\n"
    return programs.outcome("-c", SCRIPT + numbers + code, folder=data, database=database, with_valkey=True)


def test_parallel_writers_make_one_chain(database: str, tmp_path: Path) -> None:
    broken, faults, heads = run(PARALLEL, database=database, data=tmp_path)
    assert broken == []
    assert faults == [[], []]
    assert heads == [THREADS * EACH // 4, THREADS * EACH // 2]
