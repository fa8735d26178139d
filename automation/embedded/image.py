"""A cluster with migrated databases, kept between runs: tests begin on a copy of it."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from automation.embedded.postgres import DATABASE, Cluster
from automation.embedded.throwaway import secrets_for_tests
from automation.embedded.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
KEPT_IMAGES = 2
TEST_DATABASE = "test_relais"


def migrated_image() -> Path:
    """Find the image that fits the migrations of this tree, or make it."""
    CACHE.mkdir(exist_ok=True)
    image = CACHE / f"image-{fingerprint()}"
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not image.exists():
            _make(image)
            _forget_old()
    return image


def _make(image: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="relais-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        (folder / "staticfiles").mkdir()
        cluster = Cluster(folder, folder / "run", throw_away=True)
        with cluster.running(subprocess.DEVNULL):
            done = subprocess.run(
                [sys.executable, "manage.py", "migrate", "--verbosity=0"],
                cwd=ROOT,
                env=os.environ
                | secrets_for_tests()
                | {
                    "DATABASE_URL": cluster.url(),
                    "REDIS_URL": "redis://127.0.0.1:1/0",
                    "RELAIS_DATA": name,
                },
                capture_output=True,
                text=True,
            )
            if done.returncode != 0:
                message = f"The migrations failed:\n{done.stderr}"
                raise Trouble(message)
            cluster.create_database(TEST_DATABASE, DATABASE)
        unfinished = image.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(cluster.directory, unfinished, symlinks=True)
        unfinished.rename(image)


def fingerprint(*, of_today: bool = True) -> str:
    """Hash whatever migrating depends on; the day too, since months have partitions."""
    content = hashlib.sha256(time.strftime("%Y-%m-%d").encode() if of_today else b"")
    for file in _sources():
        content.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return content.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    yield ROOT / "requirements.txt"
    yield ROOT / "automation" / "settings.py"
    yield ROOT / "kernel" / "partitions.py"
    yield from sorted(ROOT.glob("*/migrations/*.py"))
    yield from sorted(ROOT.glob("*/migrations/*.sql"))


def _forget_old() -> None:
    images = sorted(CACHE.glob("image-*"), key=lambda image: image.stat().st_mtime, reverse=True)
    for image in images[KEPT_IMAGES:]:
        shutil.rmtree(image, ignore_errors=True)
