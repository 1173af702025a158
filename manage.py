#!/usr/bin/env python3
"""Packshot's command line: ``up`` starts everything, ``test`` runs the suite, the rest are Django's commands."""

import sys

# This file alone must be readable by every Python, so that an old one can say what is missing.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Packshot needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])  # noqa: UP031
if sys.platform == "win32":
    sys.exit("Packshot runs on Linux and macOS; on Windows run it inside WSL.")

if __name__ == "__main__":
    from dashboard.operations.bootstrap import main

    sys.exit(main(sys.argv[1:]))
