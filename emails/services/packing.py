"""An email as a zip: its texts and its settings, to be taken along to another installation.

* pack(email) -> bytes        email.json, email.mjml or email.html, email.txt where there is one
* unpack(data) -> values      what `editing.create` takes; `PackRefused` says what is wrong

Nothing of an archive is written to a disk, nothing but these four files is read, and no file
further than it may be large. Pictures stay at their addresses: a zip holds none.
"""

import json
import re
import stat
import zipfile
import zlib
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from contacts.values import ValueProblem, places
from emails.models import Email
from emails.services import audiences
from kernel.registry import ConfigProblem

ABOUT = "email.json"
BODIES = {"email.mjml": "mjml", "email.html": "html", "email.txt": "text"}
LINES = {"name": 200, "subject": 1000, "preheader": 1000}
NUL = "\0"
LARGEST = 1024 * 1024
LARGEST_FILE = 512 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
_UNSTORABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)


class PackRefused(Exception):  # noqa: N818 - an answer to a person
    """Why a zip becomes no email, as a sentence."""


def pack(email: Email) -> bytes:
    """Write an email; whom it goes to and who sends it stay here."""
    about: dict[str, Any] = {name: getattr(email, name) for name in (*LINES, "kind", "language")}
    if email.audiences:
        # Filters name fields and segments of this installation: there they are written anew.
        about["audiences"] = [{"key": one["key"], "name": one["name"]} for one in email.audiences]
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(ABOUT, json.dumps(about, ensure_ascii=False, indent=2))
        for name, field in BODIES.items():
            if text := getattr(email, field):
                archive.writestr(name, text)
    return made.getvalue()


def unpack(data: bytes) -> dict[str, Any]:
    """Read what `pack` wrote, from whomever it comes."""
    if len(data) > LARGEST:
        raise PackRefused(_("The file is too large for an email."))
    try:
        texts = _texts(data)
    except _BROKEN as broken:
        raise PackRefused(_("This is no zip that can be read.")) from broken
    if ABOUT not in texts or len({"email.mjml", "email.html"} & set(texts)) != 1:
        message = _("A zip of an email holds email.json, and email.mjml or email.html.")
        raise PackRefused(message)
    bodies = {field: texts.get(name, "") for name, field in BODIES.items()}
    return {**_about(texts[ABOUT]), **bodies}


def _texts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
        # Of two files of one name readers would take now the first, now the last.
        if len({part.filename for part in parts}) != len(parts):
            raise PackRefused(_("The zip holds a file twice."))
        for part in parts:
            _refuse_tricks(part)
        return {part.filename: _text(archive, part) for part in parts}


def _refuse_tricks(part: zipfile.ZipInfo) -> None:
    known = part.filename == ABOUT or part.filename in BODIES
    kind = stat.S_IFMT(part.external_attr >> 16)
    plain = kind in (0, stat.S_IFREG) and not part.flag_bits & _ENCRYPTED
    if not known or not plain or part.compress_type not in _METHODS:
        name = _shown(part.filename)
        message = _("“%(name)s” does not belong into a zip of an email.") % {"name": name}
        raise PackRefused(message)


def _text(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> str:
    with archive.open(part) as file:
        # Whatever its header says.
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise PackRefused(_("“%(name)s” is too large.") % {"name": part.filename})
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = NUL
    if NUL in text:
        # No column takes it.
        raise PackRefused(_("“%(name)s” is no text in UTF-8.") % {"name": part.filename})
    return text


def _about(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PackRefused(_("email.json is no JSON.")) from error
    known = {*LINES, "kind", "language"}
    named = told.pop("audiences", []) if isinstance(told, dict) else []
    if not isinstance(told, dict) or not all(map(_is_line, told.values())):
        raise PackRefused(_("email.json holds texts by their names."))
    if strange := sorted(set(told) - known):
        message = _("email.json: “%(name)s” is not known.") % {"name": _shown(strange[0])}
        raise PackRefused(message)
    about: dict[str, str] = {
        "preheader": "",
        "kind": Email.Kind.MARKETING.value,
        "language": "en",
        **told,
    }
    for name, most in LINES.items():
        if len(about.get(name, "")) > most or (name != "preheader" and not about.get(name)):
            raise PackRefused(_("email.json: “%(name)s” is missing or too long.") % {"name": name})
    if about["kind"] not in Email.Kind.values or not _is_language(about["language"]):
        raise PackRefused(_("email.json: kind or language is not known."))
    return {**about, "audiences": _audiences(named)}


def _audiences(named: Any) -> list[dict[str, Any]]:
    """Read audiences by key and name, each of nobody until somebody writes its filter."""
    # Filters of elsewhere mean other objects: they stay outside, unread.
    bare = [
        {part: one[part] for part in one if part != "filter"} if isinstance(one, dict) else one
        for one in (named if isinstance(named, list) else [])
    ]
    try:
        found = audiences.checked(bare if isinstance(named, list) else named)
    except ConfigProblem as refused:
        words = refused.problems[0]["message"]
        raise PackRefused(f"email.json: {words}") from refused
    return [{**one, "filter": None} for one in found]


def _shown(name: str) -> str:
    return _UNSTORABLE.sub("?", name[:80])


def _is_line(value: Any) -> bool:
    """Say whether it is a text of one line that can be stored: no half of a pair, no NUL."""
    return isinstance(value, str) and _UNSTORABLE.search(value) is None


def _is_language(tag: str) -> bool:
    try:
        places.locale(tag)
    except ValueProblem:
        return False
    return _LANGUAGE.fullmatch(tag) is not None
