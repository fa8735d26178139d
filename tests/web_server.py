"""A web server on loopback for tests: answers fixed bytes or drips them, counts what it gets."""

import contextlib
import re
import socket
import threading
import time

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n\r\nok"


LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


def whole(client):
    """Read a request with its body, which may come in a packet of its own."""
    request = client.recv(65536)
    head, _blank, body = request.partition(b"\r\n\r\n")
    told = LENGTH.search(head)
    while told and len(body) < int(told.group(1)) and (more := client.recv(65536)):
        request, body = request + more, body + more
    return request


class WebServer:
    """Answers each connection with fixed bytes, or drips them; counts the connections."""

    def __init__(self, answer=OK, *, drip=0.0):
        self.answer, self.drip = answer, drip
        self.requests = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), client:
                self.requests.append(whole(client))
                for at in range(len(self.answer)) if self.drip else ():
                    client.sendall(self.answer[at : at + 1])
                    time.sleep(self.drip)
                client.sendall(b"" if self.drip else self.answer)
