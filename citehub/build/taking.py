"""What was made beside a hub folder, taken over: all of it, whenever the process is killed.

An update has new answers and a release. Both are gathered in one folder, `TAKEN`, which appears in
the hub folder at once; from then on whoever writes there next brings it to an end.
"""

from __future__ import annotations

import os
import shutil
from typing import Final

from citehub import _folder
from citehub._manifest import is_version
from citehub.build.spec import SOURCE

STAGED: Final = "citehub.update"
"""The name beside which `_folder.scratch_folder` makes the folder where an update is built."""
TAKEN: Final = ".citehub.taken"


def take(folder: str, made: str) -> None:
    """Take over what a folder holds: folders of sources, in ``source``, and of releases.

    Parameters
    ----------
    folder : str
        The hub folder; the lock is held.
    made : str
        A folder on the same disk, which goes.

    Raises
    ------
    TargetExists
        A release is there with other files; nothing is taken over.
    """
    for name in filter(is_version, os.listdir(made)):
        _folder.check_free(os.path.join(folder, name))
    os.rename(made, os.path.join(folder, TAKEN))
    finish_taking(folder)


def finish_taking(folder: str) -> None:
    """Bring to an end what `take` began, if it began; the lock is held."""
    taken = os.path.join(folder, TAKEN)
    if not os.path.isdir(taken):
        return
    source = os.path.join(taken, SOURCE)
    for name in sorted(os.listdir(source)) if os.path.isdir(source) else ():
        place = os.path.join(folder, SOURCE, name)
        if os.path.isdir(place):
            os.rename(place, os.path.join(taken, f"before-{name}"))
        os.rename(os.path.join(source, name), place)
    for name in sorted(filter(is_version, os.listdir(taken))):
        _folder.move(os.path.join(taken, name), os.path.join(folder, name))
    shutil.rmtree(taken)
