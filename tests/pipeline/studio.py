"""A running Packshot, seen from outside: its API with a team key, and the sandbox's own books."""

import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import requests

from tests.operations.running import ROOT, Running
from tests.pictures import photo

ENDED = {"completed", "failed"}


@dataclass
class Studio:
    running: Running
    sandbox_key: str

    variables: dict[str, str]

    @classmethod
    def of(cls, running: Running, variables: dict[str, str]) -> "Studio":
        studio = cls(running, "", variables)
        studio.sandbox_key = studio.shell("print(connection.key)")
        return studio

    def shell(self, code: str) -> str:
        """What an operator reads or does at the server, with the demo team's ``connection`` at hand."""
        begin = "from generation.provider import connections; connection = connections.Connection.objects.get(); "
        return self.manage("shell", "--no-imports", "-c", begin + code)

    def manage(self, *words: str) -> str:
        """What a command says; it must succeed."""
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        place = {"PACKSHOT_DATA_DIR": str(self.running.data), "PACKSHOT_PORT": str(self.running.port)}
        said = subprocess.run(
            command, env=place | self.variables, check=False, capture_output=True, text=True, cwd=ROOT
        )
        assert said.returncode == 0, said.stdout + said.stderr
        return said.stdout.strip()

    def assert_books_agree(self) -> None:
        """The ledger adds up, and has for each job what the provider charged for it, with the pictures made for it."""
        assert self.manage("ledger_check") == "The ledger adds up."
        assert self.shell("from tests import job_by_job; print(job_by_job.differences())") == "[]"

    def connection(self) -> str:
        """Why nobody posts at the moment; empty when all is well."""
        return self.shell("print(connection.pause)")

    def state(self, job_id: str) -> str:
        """The job's state as the machine knows it, which is finer than what the API says."""
        return self.shell(f"print(connection.jobs.get(pk='{job_id}').state)")

    def resume(self) -> None:
        self.shell("connections.resume(connection)")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.running.port}"

    def call(self, verb: str, path: str, **options: Any) -> requests.Response:
        """Our own API, as a team's script."""
        headers = {"Authorization": f"Bearer {self.running.ready['api_key']}"}
        return requests.request(verb, f"{self.url}/v1{path}", headers=headers, timeout=30, **options)

    def sandbox(self, verb: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.sandbox_key}"}
        answer = requests.request(verb, f"{self.url}/sandbox{path}", headers=headers, timeout=30, **options)
        answer.raise_for_status()
        return answer.json()

    def upload(self) -> str:
        """A product photo; its asset id."""
        answer = self.call("POST", "/training-asset", files={"file": ("camp-mug.jpg", photo(), "image/jpeg")})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["asset_id"])

    def generate(self, asset_id: str, **spec: Any) -> str:
        body = {"model": "nanobanana", "asset_id": asset_id, "prompt": "On a marble table, soft light", **spec}
        answer = self.call("POST", "/generate", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    def job(self, job_id: str) -> dict[str, Any]:
        return dict(self.call("GET", f"/jobs/{job_id}").json())

    def wait(self, job_id: str, *, seconds: float = 60) -> dict[str, Any]:
        """The job once it has ended."""
        deadline = time.monotonic() + seconds
        while (job := self.job(job_id))["status"] not in ENDED:
            assert time.monotonic() < deadline, f"still {job}"
            time.sleep(0.1)
        return job

    def set_faults(self, **faults: Any) -> None:
        self.sandbox("PUT", "/faults", json=faults)

    @property
    def left(self) -> int:
        """Credits of the team that are neither spent nor held."""
        return int(self.call("GET", "/me").json()["credits"]["generations"])

    @property
    def accepted(self) -> int:
        """How many jobs the provider ever took, as its books say: asking them is no request of the plan."""
        return sum(row["kind"] == "charge" for row in self.sandbox("GET", "/books")["charges"])

    @property
    def charged(self) -> int:
        """What the provider's own books say it took."""
        return sum(row["credits"] for row in self.sandbox("GET", "/books")["charges"])
