"""The explorer: one web page in which to find, compare and take away the works of a hub.

The page is a plain list without script. With it, it reads the same Parquet files as this
library, and asks no other host.
"""

from __future__ import annotations

from citehub.explorer.folder import write_site

__all__ = ["write_site"]
