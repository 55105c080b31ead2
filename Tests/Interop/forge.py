"""A forge on loopback: the two answers about a login that claiming an account asks for."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Forge:
    """Serves `/<login>.keys` and `/api/v3/users/<login>` for the people it is told of."""

    def __init__(self):
        self.people = {}  # login -> (numeric id, [public key lines])
        forge = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):  # noqa: N802 (the name is the library's)
                status, kind, body = forge.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def add(self, login, number, *keys):
        self.people[login.lower()] = (login, number, list(keys))

    def answer(self, path):
        if path.startswith("/api/v3/users/"):
            person = self.people.get(path.removeprefix("/api/v3/users/").lower())
            if person:
                body = {"login": person[0], "id": person[1], "type": "User"}
                return 200, "application/json", json.dumps(body).encode()
        elif path.endswith(".keys"):
            person = self.people.get(path[1:].removesuffix(".keys").lower())
            if person:
                return 200, "text/plain", "".join(f"{key}\n" for key in person[2]).encode()
        return 404, "application/json", b'{"message": "Not Found"}'

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
