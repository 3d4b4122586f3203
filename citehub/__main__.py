"""Run the command line: ``citehub``, or ``python -m citehub``."""

from __future__ import annotations

import sys

from citehub._debugging import is_debugging, reason_of

_INTERRUPTED = 130


def main() -> None:
    """Run the command line; no error shows a traceback, not even one in an import."""
    try:
        from citehub.cli import main as run
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except Exception as error:
        if is_debugging():
            raise
        sys.exit(f"citehub: It cannot start. {reason_of(error)}")
    run()


if __name__ == "__main__":
    main()
