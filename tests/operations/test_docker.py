"""What can be proved without a container engine: the files agree with each other, and the image's steps work."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.operations.running import ROOT, eventually, free_port, surroundings

DOCKER = ROOT / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {"migrate", "web", "worker", "beat"}
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:?[-?][^}]*)?\}")


def settings_variables() -> set[str]:
    """Every environment variable that the settings read."""
    return set(re.findall(r'env\.\w+\("(\w+)"', (ROOT / "dashboard" / "settings.py").read_text()))


def example() -> set[str]:
    return set(re.findall(r"^(\w+)=", (DOCKER / ".env.example").read_text(), re.MULTILINE))


def lines(instruction: str) -> list[str]:
    """The arguments of one Dockerfile instruction, of the final stage only."""
    stage = (DOCKER / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    return re.findall(rf"^{instruction} (.+)$", stage, re.MULTILINE)


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_has_an_image_and_a_restart_rule(name: str) -> None:
    service = SERVICES[name]
    assert "image" in service
    assert service["restart"] in ("unless-stopped", "on-failure")
    assert ("build" in service) == (name in OURS)
    if name not in OURS:
        assert not service["image"].endswith(":latest")
        assert ":" in service["image"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_each_lasting_service_has_a_health_check(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert {"interval", "timeout"} <= set(check)


def test_each_dependency_waits_for_a_condition_that_can_come_true() -> None:
    for service in SERVICES.values():
        for name, rule in service.get("depends_on", {}).items():
            if rule["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[name]
            else:
                assert (rule["condition"], name) == ("service_completed_successfully", "migrate")


def test_data_lies_in_declared_volumes() -> None:
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"]) == {"database", "valkey", "storage"}


def test_every_setting_given_to_our_services_is_one_the_settings_read() -> None:
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= settings_variables()


def test_every_variable_is_explained_in_the_example_and_none_is_left_over() -> None:
    text = (DOCKER / "compose.yaml").read_text()
    assert {name for name, _ in VARIABLE.findall(text)} == example()


def test_no_secret_has_a_default() -> None:
    text = (DOCKER / "compose.yaml").read_text()
    secret = re.compile(r"PASSWORD|SECRET|ACCESS_KEY|ENCRYPTION")
    for name, rest in VARIABLE.findall(text):
        if secret.search(name):
            assert rest.startswith(":?") or rest == ":-", name
    for line in (DOCKER / ".env.example").read_text().splitlines():
        name, _, value = line.partition("=")
        if secret.search(name) and not line.startswith("#"):
            assert value == ""


def test_only_web_and_storage_are_reachable_and_from_this_machine_alone() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(ports) == {"web", "storage"}
    assert all(port.startswith("127.0.0.1:") for published in ports.values() for port in published)


def test_the_image_runs_as_a_plain_user_from_its_own_environment() -> None:
    assert lines("USER") == ["packshot"]
    assert "PATH=/opt/venv/bin:$PATH" in lines("ENV")
    assert "--require-hashes" in (DOCKER / "Dockerfile").read_text()


def test_everything_the_image_copies_is_let_through_and_nothing_else() -> None:
    copied = {word for line in lines("COPY") if "--from" not in line for word in line.split()[:-1]}
    rules = (ROOT / ".dockerignore").read_text().split()
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied
    assert not any(fnmatch(name, "*.env*") for name in copied)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder /srv/packshot as the image's COPY and RUN lines make it, with this environment for /opt/venv."""
    folder = tmp_path_factory.mktemp("image")
    for line in lines("COPY"):
        if "--from" not in line:
            *sources, target = line.split()
            for source in sources:
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, folder / target, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / source, folder / target)
    collect = next(line for line in lines("RUN") if "collectstatic" in line)
    done = subprocess.run(["sh", "-c", collect], cwd=folder, env=inside(folder), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return folder


def inside(folder: Path) -> dict[str, str]:
    """The image's environment, with its folders moved here."""
    told = dict(line.split("=", 1) for line in lines("ENV"))
    told = {name: value.replace("/srv/packshot", str(folder)) for name, value in told.items()}
    told["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return surroundings() | told


@pytest.fixture(scope="module")
def served(image: Path) -> Iterator[str]:
    """The image's own command, on SQLite and a port of ours; the address."""
    port = free_port()
    secret = {"PACKSHOT_SECRET_KEY": "x" * 60, "REDIS_URL": "redis://127.0.0.1:1/0", "PACKSHOT_PORT": str(port)}
    environment = inside(image) | secret
    migrate = SERVICES["migrate"]["command"]
    subprocess.run(migrate, cwd=image, env=environment, check=True, capture_output=True)
    command = json.loads(lines("CMD")[0])
    command[command.index("--host") + 1] = "127.0.0.1"
    command[command.index("--port") + 1] = str(port)
    with (image / "log").open("wb") as log, subprocess.Popen(command, cwd=image, env=environment, stderr=log) as web:
        try:
            assert eventually(lambda: "Uvicorn running" in (image / "log").read_text() or web.poll() is not None)
            assert web.poll() is None, (image / "log").read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            web.terminate()


def test_the_images_command_serves_and_answers_its_health_check(served: str) -> None:
    words = SERVICES["web"]["healthcheck"]["test"][1:]
    command = [word.replace("http://127.0.0.1:8000", served) for word in words]
    assert command != words
    subprocess.run([sys.executable, *command[1:]], check=True, timeout=30)


def test_the_image_serves_its_static_files_under_names_that_last(served: str, image: Path) -> None:
    hashed = next((image / "data" / "static" / "css").glob("*.????????????.css"))
    with urllib.request.urlopen(f"{served}/static/css/{hashed.name}") as answer:
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_the_images_other_commands_know_their_options(image: Path, name: str) -> None:
    command = [*SERVICES[name]["command"], "--help"]
    subprocess.run(command, cwd=image, env=inside(image), check=True, capture_output=True, timeout=60)
