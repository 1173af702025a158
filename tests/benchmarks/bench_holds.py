"""P12: holds offered to one hot account at a rate, with caps on the team, on a project and on a member.

Several processes with several threads press at moments that are fixed beforehand, however long the answers take. A hold
is a whole press: `studio.actions.start` with its job, audit record and commit. The member's cap has room for half of
what is offered: `overshoots` are jobs granted beyond that, `false_denials` refusals although there was room. Prints one
line of JSON for each engine; seconds, of the press itself (`hold`) and from the moment that it was due (`since_due`).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from tests import valkey
from tests.benchmarks.bench_drain import engine
from tests.benchmarks.pictures import percentile
from tests.operations.running import ROOT, surroundings

PREPARE = """
import json, sys
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.generation.credits.machine_world import World
from generation.credits import caps, ledger
from generation.models import Cap
price, offered, fit = json.load(sys.stdin)
world = World("Northwind")
ledger.grant(team_id=world.team.pk, credits=price * offered)
caps.save(Cap(team=world.team, credits=price * offered))
caps.save(Cap(team=world.team, project_id=world.projects[0], credits=price * offered))
caps.save(Cap(team=world.team, member_id=world.people[0], credits=price * fit))
print(json.dumps([world.team.pk, world.people[0], world.projects[0], world.product.pk]))
"""
PRESS = """
import json, sys, threading, time
import django
django.setup()
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.projects.models import Product, Project
from dashboard.studio.actions import JobSpec, start
from django.db import connections
from generation.credits import ledger
(team, user, project, product), moments = json.load(sys.stdin)
acting = Actor(Team.objects.get(pk=team), Role.CREATOR, user=User.objects.get(pk=user))
project, product = Project.objects.get(pk=project), Product.objects.select_related("asset").get(pk=product)
spec = JobSpec(product, "On marble", "nanobanana", "1:1", 1, project=project)
done = []

def press(due):
    for moment in due:
        time.sleep(max(0, moment - time.time()))
        began = time.time()
        try:
            start(acting, specs=[spec])
            answer = "granted"
        except ledger.CapReached:
            answer = "refused"
        except Exception as error:
            answer = repr(error)
        done.append([answer, moment, began, time.time()])
    connections.close_all()

threads = [threading.Thread(target=press, args=[due]) for due in moments]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(json.dumps(done))
"""
PRICE = 3
Press = tuple[str, float, float, float]
"""What was said, and when it was due, began and ended."""


def python(place: dict[str, str], code: str) -> "subprocess.Popen[str]":
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    return subprocess.Popen([sys.executable, "-c", code], env=surroundings() | place, **pipes)


def press(place: dict[str, str], world: list[Any], options: Namespace) -> list[Press]:
    """Offer the holds, spread over all threads of all processes."""
    everybody = options.processes * options.threads
    begin, count = time.time() + 10, options.rate * options.seconds
    moments = [[begin + at / options.rate for at in range(number, count, everybody)] for number in range(everybody)]
    lots = [moments[number :: options.processes] for number in range(options.processes)]
    running = [python(place, PRESS) for _ in lots]
    for process, lot in zip(running, lots, strict=True):
        assert process.stdin
        process.stdin.write(json.dumps([world, lot]))
        process.stdin.close()
    said = [process.stdout.read() for process in running if process.stdout]
    for process in running:
        assert process.wait() == 0
    return [tuple(one) for words in said for one in json.loads(words)]


def measure(name: str, options: Namespace) -> dict[str, Any]:
    offered = options.rate * options.seconds
    fit = offered // 2
    with tempfile.TemporaryDirectory(prefix="packshot-holds-") as folder, engine(name) as database:
        place = {"PACKSHOT_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
        place |= {"REDIS_URL": f"unix://{folder}/valkey.sock", **database}
        with valkey.running(Path(folder) / "valkey.sock"):
            world = json.loads(python(place, PREPARE).communicate(json.dumps([PRICE, offered, fit]))[0])
            load = os.getloadavg()[0]
            done = press(place, world, options)
            check = [sys.executable, str(ROOT / "manage.py"), "ledger_check"]
            subprocess.run(check, env=surroundings() | place, check=True, stdout=subprocess.DEVNULL)
    return figures(done, fit) | {"n": offered, "offered_a_second": options.rate, "load_before": round(load, 2)}


def figures(done: list[Press], fit: int) -> dict[str, Any]:
    granted = sum(answer == "granted" for answer, *_ in done)
    errors = sorted({answer for answer, *_ in done} - {"granted", "refused"})
    lasted = max(ended for *_, ended in done) - min(due for _, due, *_ in done)
    times = {
        "hold": [ended - began for _, _, began, ended in done],
        "since_due": [ended - due for _, due, _, ended in done],
    }
    ranks = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {
        "throughput": round(len(done) / lasted, 1),
        "granted": granted,
        "overshoots": max(0, granted - fit),
        "false_denials": max(0, fit - granted),
        "errors": errors,
        **{name: {rank: round(percentile(all_, at), 4) for rank, at in ranks.items()} for name, all_ in times.items()},
    }


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=100, help="holds a second")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8, help="of each process")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    options = parser.parse_args()
    for name in options.engine or ["sqlite", "postgresql"]:
        print(json.dumps({"what": "P12", "engine": name, **measure(name, options)}))


if __name__ == "__main__":
    main()
