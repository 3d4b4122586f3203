"""Writing files: whole, or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from citehub.errors import TargetExists

if TYPE_CHECKING:
    from collections.abc import Iterable


def write_whole(chunks: Iterable[bytes], path: str, *, force: bool) -> None:
    """Write a file beside its final name and rename it into place.

    It follows a link, and writes straight into a pipe or device.

    Raises
    ------
    TargetExists
        The file exists and ``force`` is not given.
    OSError
        The file cannot be written.
    """
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        with open(target, "wb") as file:
            file.writelines(chunks)
        return
    if os.path.exists(target) and not force:
        raise TargetExists(f"{path} exists already. To overwrite it: --force, or force=True.")
    scratch = f"{target}.{os.getpid()}.part"
    try:
        with open(scratch, "xb") as file:
            file.writelines(chunks)
        if os.path.exists(target):
            os.chmod(scratch, os.stat(target).st_mode)
        os.replace(scratch, target)
    except OSError as error:  # named by the file that was asked for
        raise OSError(error.errno, error.strerror, path) from None
    finally:
        with suppress(OSError):
            os.unlink(scratch)
