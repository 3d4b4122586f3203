"""Hubs from elsewhere: added, updated and removed in the home of hubs, and locked."""

from citehub.adding.home import add
from citehub.adding.locks import lock

__all__ = ["add", "lock"]
