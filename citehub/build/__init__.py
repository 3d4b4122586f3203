"""From sources to releases: read, join, check and write, each cell with its origin."""

from citehub.build.release import build_release
from citehub.build.spec import source_folder

__all__ = ["build_release", "source_folder"]
