"""./dev lock: compile pyproject.toml into the hashed locks, which name no registry."""

import shutil
from pathlib import Path

from automation.dev.run import run
from automation.embedded.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = [
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-annotate",
    "--no-emit-index-url",
    "--custom-compile-command=./dev lock",
]


def main(words: list[str]) -> int:
    """Add --upgrade (or --upgrade-package NAME) to take newer versions."""
    beside = ROOT / ".venv" / "uv" / "bin" / "uv"
    uv = shutil.which("uv") or (str(beside) if beside.exists() else None)
    if not uv:
        message = "uv is needed to compile the locks; install it and try again."
        raise Trouble(message)
    compile_ = [uv, "pip", "compile", "pyproject.toml", *OPTIONS, *words]
    return run([*compile_, "-o", "requirements.txt"]) or run(
        [*compile_, "--group=dev", "-c", "requirements.txt", "-o", "requirements-dev.txt"]
    )
