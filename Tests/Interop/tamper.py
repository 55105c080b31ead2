"""A proxy before the service that changes what passes, as whoever sits on the way could."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    request_queue_size = 256  # clients of a log fetch in parallel
    daemon_threads = True


@contextmanager
def flipped_bit(service, path):
    """The base of a proxy that flips the last bit of every answer whose path begins with `path`."""
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):  # noqa: N802 (the name is the library's)
            answer = service.get(self.path)
            body = bytearray(answer.body)
            if self.path.startswith(path) and body:
                body[-1] ^= 1
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
