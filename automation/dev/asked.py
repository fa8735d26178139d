"""What `./dev up` is asked for; the standard library alone, as nothing is installed yet."""

import argparse
import socket

from automation.embedded.trouble import Trouble


def parse(words: list[str]) -> argparse.Namespace:
    """Read the options of `./dev up`."""
    parser = argparse.ArgumentParser(prog="./dev up", description="Start Relais on this machine.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", metavar="DIR", help="folder that keeps everything")
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="no example data")
    parser.add_argument("--no-browser", dest="browser", action="store_false")
    parser.add_argument("--test-clock", action="store_true", help="time can be moved: clock +3d")
    return parser.parse_args(words)


def require_port(port: int) -> None:
    """Refuse a port that somebody else has, or that is none."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Trouble(
                f"Port {port} cannot be used: {error.strerror}.\n"
                f"Choose another one: ./dev up --port {port + 1 if port < 65535 else 8000}"
            ) from error
        except OverflowError:
            message = f"{port} is not a port: ports go from 1 to 65535."
            raise Trouble(message) from None
