"""Taking over what was made next to a hub folder: all of it, even if the process is killed.

An update has new answers and a release. One folder, `TAKEN`, holds both, and appears in the hub
folder at once; from then on, whoever writes there next finishes it.
"""

from __future__ import annotations

import os
from typing import Final

from citehub import _atomic_folder
from citehub._manifest import is_version
from citehub.build.spec import SOURCE

STAGED: Final = "citehub.update"
"""The name beside which `scratch_folder` makes the folder where an update is built."""
TAKEN: Final = ".citehub.taken"


def take(folder: str, made: str) -> None:
    """Take over the content of a folder: folders of sources, in ``source``, and of releases.

    Parameters
    ----------
    folder : str
        The hub folder; the lock is held.
    made : str
        A folder on the same disk, which disappears.

    Raises
    ------
    TargetExists
        A release exists with other files; nothing is taken over.
    """
    for name in filter(is_version, os.listdir(made)):
        _atomic_folder.check_free(os.path.join(folder, name))
    _atomic_folder.move(made, os.path.join(folder, TAKEN))
    finish_taking(folder)


def finish_taking(folder: str) -> None:
    """Finish what `take` began, if anything; the lock is held."""
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
        _atomic_folder.move(os.path.join(taken, name), os.path.join(folder, name))
    _atomic_folder.discard(taken)
