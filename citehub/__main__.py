"""Run the command line as ``python -m citehub``."""

from citehub.cli import main

if __name__ == "__main__":
    main()
