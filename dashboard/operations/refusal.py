"""Why a command cannot go on, said in one line."""

import errno
import os
from pathlib import Path


class Refusal(Exception):
    """One plain sentence for the person at the terminal; the command ends with a status other than 0."""


def explain(error: OSError) -> str:
    """What the operating system said, in words a person can act on."""
    match error.errno:
        case errno.EROFS:
            return "it is read-only"
        case errno.ENOSPC | errno.EDQUOT:
            return "the disk is full"
        case errno.EACCES | errno.EPERM:
            return "you have no permission"
        case errno.EEXIST | errno.ENOTDIR:
            return "a file is in the way"
        case _:
            return (error.strerror or str(error)).lower()


def require_space(folder: Path, *, megabytes: int) -> None:
    """Refuse when the disk under an existing ``folder`` has less than this free."""
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize // 1_000_000
    if free < megabytes:
        raise Refusal(f"The disk under {folder} has {free} MB free, and Packshot needs {megabytes} MB.")
