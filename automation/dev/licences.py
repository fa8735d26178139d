"""Licence gate: what an installation contains may be given away with it."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {
    "0BSD",
    "APACHE-2.0",
    "BSD-2-CLAUSE",
    "BSD-3-CLAUSE",
    "BSD",
    "CC0-1.0",
    "HPND",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "POSTGRESQL",
    "PSF-2.0",
    "PYTHON-2.0",
    "UNLICENSE",
    "ZLIB",
}
# The one copyleft library: used unchanged, as a shared library of its own, which the LGPL allows.
EXCEPTIONS = {"psycopg2-binary": "LGPL"}
NAMES = [
    (r"apache", "APACHE-2.0"),
    (r"mozilla|mpl", "MPL-2.0"),
    (r"lesser general public|lgpl", "LGPL"),
    (r"general public|gpl", "GPL"),
    (r"python software foundation|psf", "PSF-2.0"),
    (r"bsd", "BSD"),
    (r"\bmit\b", "MIT"),
    (r"isc", "ISC"),
    (r"public domain|unlicense", "UNLICENSE"),
]


def complaints() -> str:
    """Name each package of the production lock whose licence is not on the list."""
    lock = (ROOT / "requirements.txt").read_text()
    found = []
    for name in re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE):
        try:
            licence = _licence(distribution(name))
        except PackageNotFoundError:  # for another platform
            continue
        if not allowed(licence) and licence != EXCEPTIONS.get(name):
            found.append(f"{name}: {licence or 'no licence named'}")
    return "\n".join(found)


def allowed(expression: str) -> bool:
    """Judge an SPDX expression: one of what OR joins, all of what AND joins."""
    choices = re.split(r"\s+OR\s+", expression.replace("(", " ").replace(")", " ").strip())
    return any(
        all(part.strip().upper() in ALLOWED for part in re.split(r"\s+AND\s+", choice))
        for choice in choices
    )


def _licence(package: Distribution) -> str:
    """Read the SPDX expression, else the classifiers, else the free text."""
    metadata = package.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classifiers = [
        line.rsplit("::", 1)[-1]
        for line in metadata.get_all("Classifier") or []
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    text = " ".join(classifiers)
    if not text and "License" in metadata:
        text = metadata["License"]
    if text.upper() in ALLOWED:
        return text
    for pattern, name in NAMES:
        if re.search(pattern, text, re.IGNORECASE):
            return name
    return text[:60]
