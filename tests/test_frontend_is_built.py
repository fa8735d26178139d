"""What browsers load was built from the sources beside it, and names icons that exist."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "static" / "built"
# Decoded script and style that an ordinary page may load.
LARGEST = 600_000
# The canvas and the code editor are no ordinary pages.
EDITORS = {"src/campaign/main.tsx", "src/code/main.ts"}


def test_the_built_files_are_of_these_sources():
    made = FRONTEND / "src/styles/tabler.css"
    sources = [file for file in (FRONTEND / "src").rglob("*") if file.is_file() and file != made]
    names = [file.relative_to(FRONTEND).as_posix() for file in sources]
    names += ["icons.txt", "package-lock.json", "vite.config.ts", "tabler.mjs"]
    names += ["../static/css/tokens.css"]
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(f"{name}\n".encode() + (FRONTEND / name).read_bytes())
    assert (BUILT / "sources.sha256").read_text().strip() == digest.hexdigest(), (
        "Build it again: cd frontend && npm ci && npm run build"
    )


def test_ordinary_pages_load_little():
    manifest = json.loads((BUILT / "manifest.json").read_text())
    entries = {key for key, entry in manifest.items() if entry.get("isEntry")}
    assert entries >= EDITORS
    for entry in entries - EDITORS:
        files = loaded(manifest, "src/app.ts", set()) | loaded(manifest, entry, set())
        weight = sum((BUILT / file).stat().st_size for file in files)
        assert weight <= LARGEST, f"{entry} weighs {weight:,} bytes"


def loaded(manifest: dict[str, Any], key: str, met: set[str]) -> set[str]:
    """Return the files of an entry with all that it imports, at once or later."""
    met.add(key)
    entry = manifest[key]
    files = {entry["file"], *entry.get("css", [])}
    for name in {*entry.get("imports", []), *entry.get("dynamicImports", [])} - met:
        files |= loaded(manifest, name, met)
    return files


def test_every_icon_named_is_drawn():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()))
    named = set()
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text()
        named |= set(re.findall(r'{% icon "([\w-]+)"', text))
        named |= set(re.findall(r"icons\.svg' %}#([\w-]+)", text))
    for app in settings.LOCAL_APPS:
        for file in (ROOT / app).rglob("*.py"):
            named |= set(re.findall(r'\bicon = "([\w-]+)"', file.read_text()))
    assert named <= drawn, named - drawn
