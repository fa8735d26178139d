"""Who runs a server: PostgreSQL refuses root, so root lends it another identity."""

import ctypes
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from automation.embedded.trouble import Trouble

CLONE_NEWUSER = 0x10000000
NOBODY = 65534
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Identity:
    """The user who started us: nothing to change."""

    def assume(self) -> None:
        """Become this identity; called in the child between fork and exec."""

    def own(self, folder: Path) -> None:
        """Hand the folder and what is in it to this identity."""

    def can_reach(self, path: Path) -> bool:
        return True


@dataclass(frozen=True)
class Nobody(Identity):
    """The system's user without rights."""

    uid: int
    gid: int

    def assume(self) -> None:
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)

    def own(self, folder: Path) -> None:
        os.chown(folder, self.uid, self.gid)
        for parent, folders, files in os.walk(folder):
            for name in [*folders, *files]:
                os.chown(Path(parent, name), self.uid, self.gid, follow_symlinks=False)

    def can_reach(self, path: Path) -> bool:
        """Ask whether each folder on the way may be entered by anybody."""
        steps = [path, *path.parents] if path.is_dir() else path.parents
        return all(step.stat().st_mode & 0o001 or step.stat().st_uid == self.uid for step in steps)


@dataclass(frozen=True)
class Namespace(Identity):
    """Root under another number in a user namespace: for folders only root can enter."""

    def assume(self) -> None:
        if _libc.unshare(CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        for file, text in [
            ("setgroups", "deny"),
            ("uid_map", f"{NOBODY} 0 1"),
            ("gid_map", f"{NOBODY} 0 1"),
        ]:
            Path("/proc/self", file).write_text(text)


def choose_identity(folder: Path) -> Identity:
    """Find who can run a server whose files lie in this folder."""
    if os.geteuid() != 0:
        return Identity()
    try:
        user = pwd.getpwnam("nobody")
    except KeyError:
        user = None
    if user:
        nobody = Nobody(user.pw_uid, user.pw_gid)
        if nobody.can_reach(folder.resolve()):
            return nobody
    if _namespaces_work():
        return Namespace()
    raise Trouble(
        "PostgreSQL does not run as root, and the user nobody cannot enter "
        f"{folder}.\nStart Relais as an ordinary user, choose another folder with --data "
        "(/var/lib/relais, say), or set DATABASE_URL."
    )


def _namespaces_work() -> bool:
    child = os.fork()
    if child == 0:
        try:
            Namespace().assume()
            os._exit(0 if os.geteuid() == NOBODY else 1)
        except OSError:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0
