"""How long the site takes to build: cold, with every notebook executed, and warm."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "docs" / "_build"
TARGETS = {"cold: no cache, every notebook executed": 90, "warm: nothing changed": 30}


def main() -> None:
    """Build twice and print the table of docs/benchmarks.md."""
    shutil.rmtree(BUILD, ignore_errors=True)
    print("| `make docs` | seconds | target, seconds |\n| :--- | ---: | ---: |")
    for what, target in TARGETS.items():
        start = time.perf_counter()
        done = subprocess.run(
            ["make", "docs", f"PYTHON={sys.executable}"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        seconds = time.perf_counter() - start
        if done.returncode:
            sys.exit(done.stderr)
        print(f"| {what} | {seconds:.1f} | {target} |")
    pages = list((BUILD / "html").rglob("*.html"))
    size = sum(path.stat().st_size for path in (BUILD / "html").rglob("*") if path.is_file())
    print(f"\n{len(pages)} pages, {size / 1e6:.1f} MB in all.")


if __name__ == "__main__":
    main()
