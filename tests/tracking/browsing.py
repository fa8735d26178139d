"""A site on a port of its own, for a real browser to visit."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = "<!doctype html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


class Site:
    """Answers pages by path, each with the script of a Relais, under a strict policy."""

    def __init__(self, relais: str, pages: dict[str, str]) -> None:
        snippet = (
            f'<script async src="{relais}/t/relais.js"></script><script src="/calls.js"></script>'
        )
        calls = "window.relais=window.relais||function(){(relais.q=relais.q||[]).push(arguments)};"
        policy = (
            f"default-src 'self'; script-src 'self' {relais}; connect-src {relais};"
            " style-src 'self' 'unsafe-inline'; img-src *; font-src *"
        )

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                if path.endswith(".js"):
                    # A theme's own scripts are not what is tried here.
                    kind, body = "text/javascript", calls if path == "/calls.js" else ""
                else:
                    page = pages.get(path, PAGE % (path, path))
                    kind, body = "text/html", page.replace("</head>", f"{snippet}</head>")
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "Site":
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def told_of(answer: Any, words: str) -> bool:
    """Say whether a hit that was taken says this, whatever else is told meanwhile."""
    sent = answer.request.post_data_json if "/t/hit" in answer.url else None
    return bool(sent) and words in str(sent)


def turn(page: Any, said: str) -> None:
    """Let a tab become `hidden` or `visible`."""
    page.evaluate(
        "said => {Object.defineProperty(document, 'visibilityState', {value: said, configurable:"
        " true}); document.dispatchEvent(new Event('visibilitychange'))}",
        said,
    )
