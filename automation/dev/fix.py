"""./dev fix: mend what can be mended by itself."""

import subprocess
import sys
from pathlib import Path

from automation.dev import french
from automation.dev.run import run

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def main(words: list[str]) -> int:
    """Mend all files, or the given ones; the French catalogue is sorted and completed."""
    files = words or ["."]
    status = run([str(BIN / "ruff"), "check", "--fix", "--quiet", *files])
    status |= run([str(BIN / "ruff"), "format", "--quiet", *files])
    templates = [name for name in _templates() if not words or name in words]
    if templates:
        # It ends with 1 when it changed something, which is what it is for.
        run([str(BIN / "djade"), "--target-version=5.2", *templates])
    if not words:
        french.mend()
    return status


def _templates() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.html"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.splitlines()
