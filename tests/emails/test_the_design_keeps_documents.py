"""The reader and writer of the design, over every template of the shared set."""

import os
import subprocess
from pathlib import Path

from playwright._impl._driver import compute_driver_executable

from emails.services import gallery
from tests.shared_data import shared

TESTS = Path(__file__).parent / "design"


def test_documents_are_read_and_changed_in_place(tmp_path: Path):
    templates = sorted(shared("email-templates", "mjml").rglob("*.mjml"))
    # And every design that new emails begin with.
    for design in gallery.designs().values():
        for language in gallery.LANGUAGES:
            written = tmp_path / f"{design.key}-{language}.mjml"
            written.write_text(design.mjml(language, "Our name", "https://mail.example"))
            templates.append(written)
    # Playwright brings a Node that reads TypeScript as it is.
    node = compute_driver_executable()[0]
    ran = subprocess.run(
        [node, "--test", *map(str, sorted(TESTS.glob("*.test.mjs")))],
        env={**os.environ, "TEMPLATES": "\n".join(map(str, templates))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
