"""A private world for one test run: its own folder, and the address of its own Valkey. Loaded before settings are."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

DATA = Path(tempfile.mkdtemp(prefix="packshot-tests-"))
atexit.register(shutil.rmtree, DATA, ignore_errors=True)

ours = [name for name in os.environ if name.startswith("PACKSHOT_") and not name.startswith("PACKSHOT_TEST_")]
for name in [*ours, "DATABASE_URL", "EMAIL_URL"]:
    os.environ.pop(name, None)
os.environ |= {
    "PACKSHOT_DATA_DIR": str(DATA),
    "PACKSHOT_PUBLIC_URL": "http://testserver",
    "XDG_RUNTIME_DIR": str(DATA),
    "REDIS_URL": f"unix://{DATA}/valkey.sock",
    "PACKSHOT_SANDBOX_SCALE": "0.25",
}
if address := os.environ.get("PACKSHOT_TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = address
