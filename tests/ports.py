"""Ports that stay free until they are listened on."""

import random
import socket
from contextlib import closing

# Below the numbers a kernel lends to outgoing connections: one of those can be taken by any client
# between the look and the start, and while a killed server is away.
RANGE = range(10_000, 32_000)
TRIES = 200
# Tests draw in a fixed order, alike in each process; ports must differ.
_draw = random.SystemRandom()


def free_port() -> int:
    """Find a port nobody listens on, for streams and for datagrams; raises OSError without one."""
    for _ in range(TRIES):
        port = _draw.choice(RANGE)
        if _free(port, socket.SOCK_STREAM) and _free(port, socket.SOCK_DGRAM):
            return port
    raise OSError(f"No free port after {TRIES} tries.")


def _free(port: int, kind: socket.SocketKind) -> bool:
    with closing(socket.socket(socket.AF_INET, kind)) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
