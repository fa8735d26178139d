"""No file may carry traces of the machine it was written on."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt", "package-lock.json")
# Folders every machine has; a path below them says nothing about ours.
COMMON = {"tmp", "var", "usr", "etc", "opt", "srv", "app"}


def complaints() -> str:
    """Name files that hold addresses of registries in a lock, or paths of this machine."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    found = []
    for name in listed:
        try:
            text = (ROOT / name).read_text()
        except (OSError, UnicodeDecodeError):
            continue
        # npm's lock names whom one may fund; where files come from would be "resolved".
        mark = '"resolved"' if name.endswith(".json") else "://"
        if Path(name).name in LOCKS and mark in text:
            found.append(f"{name}: a lock must not name a registry")
        found += [f"{name}: names the folder {path}" for path in own_paths() if path in text]
    return "\n".join(found)


def own_paths() -> set[str]:
    """Name this checkout, the folder around it, and the home of whoever works here."""
    paths = {ROOT, Path(*ROOT.parts[:3]), Path.home()}
    return {f"{path}/" for path in paths if len(path.parts) > 2 and path.parts[1] not in COMMON}
