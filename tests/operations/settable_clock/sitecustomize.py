"""For processes whose ``PYTHONPATH`` names this folder: their clock is as many seconds ahead as a file says.

Only the clock that people set moves. What counts from the start of the machine does not.
"""

import os
import threading
import time
from pathlib import Path

import time_machine

SET_BY = Path(os.environ["PACKSHOT_TEST_CLOCK"])
PAUSE = 0.05


def follow() -> None:
    travel, ahead = None, 0.0
    while True:
        said = SET_BY.read_text()
        if said and float(said) != ahead:
            ahead = float(said)
            if travel:
                travel.stop()
            travel = time_machine.travel(time.time() + ahead) if ahead else None
            if travel:
                travel.start()
        time.sleep(PAUSE)


threading.Thread(target=follow, daemon=True).start()
