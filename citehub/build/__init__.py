"""From sources to releases: read, join, check, write, each cell with its origin."""

from citehub.build.release import build_release

__all__ = ["build_release"]
