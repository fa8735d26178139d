"""A name server for tests: answers with the texts it was given, over UDP, at length over TCP."""

import socketserver
import struct
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from tests.ports import free_port


class NameServer:
    """Texts by name; a name that is None is answered with a failure."""

    def __init__(self, texts: Mapping[str, Sequence[str] | None]) -> None:
        self.texts = dict(texts)
        self.asked: list[str] = []
        # One number for both kinds: the kernel lends numbers for each kind alone.
        self.port = free_port()
        place = ("127.0.0.1", self.port)
        self.datagrams = socketserver.ThreadingUDPServer(place, self._handler(stream=False))
        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.streams = socketserver.ThreadingTCPServer(place, self._handler(stream=True))
        for server in (self.datagrams, self.streams):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        for server in (self.datagrams, self.streams):
            server.shutdown()
            server.server_close()

    def answer(self, query: bytes, most: int = 65_535) -> bytes:
        message = dns.message.from_wire(query)
        name = message.question[0].name.to_text(omit_final_dot=True)
        self.asked.append(name)
        answer = dns.message.make_response(message)
        texts = self.texts.get(name, ())
        if texts is None:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif not texts:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            strings = ["".join(f'"{text[at : at + 255]}" ' for at in range(0, len(text), 255))
                       for text in texts]  # fmt: skip
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", *strings))
        wire = answer.to_wire(max_size=65_535)
        if len(wire) <= most:
            return wire
        answer.answer.clear()
        answer.flags |= dns.flags.TC
        return answer.to_wire()

    def _handler(self, *, stream: bool) -> Any:
        server = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                if stream:
                    (length,) = struct.unpack("!H", self.request.recv(2))
                    wire = server.answer(self.request.recv(length))
                    self.request.sendall(struct.pack("!H", len(wire)) + wire)
                else:
                    data, line = self.request
                    line.sendto(server.answer(data, 1_232), self.client_address)

        return Handler
