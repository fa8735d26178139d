"""A CRM in memory that answers as EspoCRM's REST API does, on loopback; it can be made to fail."""

import contextlib
import json
import socket
import threading
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from tests.web_server import whole

KEY = "key-of-the-crm"
SETTINGS = {
    "auth": "header",
    "header": "X-Api-Key",
    "secret": KEY,
    "find_path": "Contact?where[0][type]=equals&where[0][attribute]=emailAddress"
    "&where[0][value]={match}",
    "find_id": "list.0.id",
    "create_path": "Contact",
    "create_id": "id",
    "update_path": "Contact/{id}",
    "update_method": "PUT",
    "sample_path": "Contact?maxSize=1",
    "sample_at": "list.0",
}
MAPPING = [
    {"remote": "emailAddress", "source": "contact.email"},
    {"remote": "name.last", "source": "contact.last_name", "empty": "clear"},
    {"remote": "address.city", "source": "contact.city"},
    {"remote": "tags", "source": "contact.tags"},
    {"remote": "origin", "source": "text", "text": "Relais"},
]


class Crm:
    """Keeps records by id; `calls` are (method, path, body), `faults` what the next ones meet.

    A fault is a status to answer with (nothing is done), such a status and a text, or `cut`: it is
    done and never answered. While the gate is closed, calls of the methods in `holds` are done and
    wait for their answer; `held` counts them.
    """

    def __init__(self):
        self.records, self.calls, self.faults, self.more = {}, [], [], {}
        self.keys, self.heads = set(), []
        self.holds, self.held = {"GET", "POST", "PUT"}, 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/api/v1"
        self.lock = threading.Lock()
        self.gate = threading.Event()
        self.gate.set()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self.gate.set()
        # Closed alone, it would go on waiting for a caller, and take one more.
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def tell(self):
        """Say how far it is, for whoever waits in vain."""
        return {"records": len(self.records), "calls": len(self.calls), "held": self.held}

    def told(self, method):
        """Return the bodies of calls of a method."""
        return [body for name, _path, body in self.calls if name == method]

    def _serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._handle, args=(client,), daemon=True).start()

    def _handle(self, client):
        with contextlib.suppress(OSError), client:
            head, _blank, body = whole(client).partition(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            method, path, _version = first.split(" ")
            named = {k.lower(): v for k, _c, v in (line.partition(": ") for line in lines)}
            with self.lock:
                self.heads.append(named)
                fault = self.faults.pop(0) if self.faults else None
                self.calls.append((method, path, json.loads(body) if body else None))
                if fault is None or fault == "cut":
                    status, answer = self._do(method, path, body, named)
                elif isinstance(fault, tuple):
                    status, answer = fault
                else:
                    status, answer = fault, {"reason": f"{named.get('x-api-key')} is wrong"}
            if method in self.holds:
                self._wait()
            if fault == "cut":
                return
            text = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            more = "".join(f"{name}: {value}\r\n" for name, value in self.more.items())
            told = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{more}"
            client.sendall(f"{told}Content-Length: {len(text)}\r\n\r\n".encode() + text)

    def _wait(self):
        with self.lock:
            self.held += 1
        self.gate.wait(60)
        with self.lock:
            self.held -= 1

    def _do(self, method, path, body, head):
        if head.get("x-api-key") != KEY:
            return 401, {}
        found = urlsplit(path)
        if method == "GET":
            wanted = parse_qs(found.query).get("where[0][value]", [None])[0]
            rows = [
                one for one in self.records.values() if wanted in (None, one.get("emailAddress"))
            ]
            return 200, {"total": len(rows), "list": rows}
        if method == "POST":
            made = {"id": f"{len(self.records) + 1:017x}", **json.loads(body)}
            self.records[made["id"]] = made
            return 200, made
        number = found.path.rpartition("/")[2]
        if number not in self.records:
            return 404, {}
        self.records[number] |= json.loads(body)
        return 200, self.records[number]
