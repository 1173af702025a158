"""P10: seconds and peak memory for one 1024 × 1024 sandbox picture on one core.

Prints one line of JSON: seconds for the times (`cpu` is the processor's mean, whatever else is running), pictures a
second, MB (10^6 bytes) of resident memory at its peak.
"""

import io
import json
import os
import resource
import statistics
import sys
import time
from argparse import ArgumentParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PIL import Image, ImageDraw

from generation.sandbox import render as renderer
from generation.sandbox.render import render

PROMPTS = (
    "on white marble, soft light from the left",
    "oak table in a bright kitchen, morning sun",
    "sage studio with podium, hard light",
    "beach at golden hour",
    "forest, dappled light",
    "city at dusk, wet concrete",
    "festive bokeh lights",
    "flat lay on crumpled linen, leaf shadows",
)


def photo() -> bytes:
    """A bottle on off-white, as a 12-megapixel camera would give it."""
    picture = Image.new("RGB", (3000, 4000), (246, 245, 241))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((1000, 1000, 2000, 3500), 180, fill=(34, 110, 90))
    draw.rectangle((1300, 500, 1700, 1020), fill=(210, 160, 60))
    draw.rectangle((1000, 1800, 2000, 2800), fill=(240, 236, 224))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=24, help="pictures to render")
    n = parser.parse_args().n
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    source = photo()
    times: list[float] = []
    cpu_began = time.process_time()
    for number in range(n):
        renderer._cut_out.cache_clear()  # every picture from a photo of its own
        began = time.perf_counter()
        render(
            source,
            prompt=PROMPTS[number % len(PROMPTS)],
            model="nanobanana2",
            aspect_ratio="1:1",
            index=number % 4,
            seed=f"bench-{number}",
        )
        times.append(time.perf_counter() - began)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    figures = {
        "what": "P10",
        "n": n,
        "p50": round(cuts[49], 3),
        "p95": round(cuts[94], 3),
        "p99": round(cuts[98], 3),
        "cpu": round((time.process_time() - cpu_began) / n, 3),
        "throughput": round(n / sum(times), 2),
        "peak_mb": round(peak / 1e6, 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
