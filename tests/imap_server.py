"""A small IMAP server for tests: one mailbox in memory, over real sockets.

* with ImapServer([raw, …]) as server: server.port, server.messages {uid: raw}, server.commands
* `dies_after` = n: the connection is cut before the n-th message is answered
"""

import base64
import re
import socketserver
import threading
from typing import Any

PASSWORD = "open sesame"
_FETCH = re.compile(rb"UID FETCH (\d+) .*<0\.(\d+)>", re.IGNORECASE)
_STORE = re.compile(rb"UID STORE (\d+) ", re.IGNORECASE)
_SEARCH = re.compile(rb"UID SEARCH UID (\d+):(\d+|\*)(?: SMALLER (\d+))?", re.IGNORECASE)


class _Talk(socketserver.StreamRequestHandler):
    server: "ImapServer"

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        self.fetched = 0
        while line := self.rfile.readline():
            tag, _space, command = line.strip().partition(b" ")
            self.server.commands.append(command.decode())
            if not self._answer(tag, command):
                return

    def _answer(self, tag: bytes, command: bytes) -> bool:
        verb = command.split(b" ")[0].upper()
        if verb == b"UID":
            verb = command.split(b" ")[1].upper()
        answer = getattr(self, f"_{verb.decode().lower()}", None)
        said = answer(command) if answer else b""
        if said is None:
            return False
        # Some repeat what they were told.
        state = b"NO wrong " + command if said == b"NO" else b"OK done"
        self.wfile.write((b"" if said == b"NO" else said) + tag + b" " + state + b"\r\n")
        return verb != b"LOGOUT"

    def _capability(self, _command: bytes) -> bytes:
        more = b" AUTH=PLAIN" if self.server.plain else b""
        return b"* CAPABILITY IMAP4rev1 UIDPLUS" + more + b"\r\n"

    def _login(self, command: bytes) -> bytes:
        return b"" if self.server.password.encode() in command else b"NO"

    def _authenticate(self, _command: bytes) -> bytes:
        self.wfile.write(b"+ \r\n")
        given = base64.b64decode(self.rfile.readline().strip()).split(b"\0")
        self.server.entered.append(given[1].decode())
        return b"" if given[2] == self.server.password.encode() else b"NO"

    def _select(self, _command: bytes) -> bytes:
        return b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n" % (
            len(self.server.messages),
            self.server.validity,
        )

    _examine = _select

    def _search(self, command: bytes) -> bytes:
        asked = _SEARCH.search(command)
        first, known = int(asked[1]), sorted(self.server.messages)
        # As servers do: `n:*` always names the last.
        last = known[-1:] if asked[2] == b"*" else []
        most = int(asked[2]) if asked[2] != b"*" else known[-1] if known else 0
        found = [uid for uid in known if first <= uid <= most] or last
        if asked[3]:
            found = [uid for uid in found if len(self.server.messages[uid]) < int(asked[3])]
        return b"* SEARCH " + b" ".join(b"%d" % uid for uid in found) + b"\r\n"

    def _fetch(self, command: bytes) -> bytes | None:
        found = _FETCH.search(command)
        uid, most = int(found[1]), int(found[2])
        self.fetched += 1
        if self.fetched == self.server.dies_after:
            return None
        raw = self.server.messages[uid]
        head = b"* 1 FETCH (UID %d RFC822.SIZE %d BODY[]<0> {%d}\r\n"
        return head % (uid, len(raw), len(raw[:most])) + raw[:most] + b")\r\n"

    def _store(self, command: bytes) -> bytes:
        self.server.deleted.add(int(_STORE.search(command)[1]))
        return b""

    def _expunge(self, _command: bytes) -> bytes:
        for uid in self.server.deleted:
            self.server.messages.pop(uid, None)
        return b""

    def _logout(self, _command: bytes) -> bytes:
        return b"* BYE\r\n"


class ImapServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, raws: list[bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.port = self.server_address[1]
        self.messages = dict(enumerate(raws, 1))
        self.deleted: set[int] = set()
        self.commands: list[str] = []
        self.validity = 7
        self.dies_after = 0
        self.password, self.plain = PASSWORD, False
        self.entered: list[str] = []
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> "ImapServer":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()
