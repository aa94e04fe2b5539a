"""A receiver of webhooks: checks what it gets with the library of Standard Webhooks, and tells each call in a line of JSON.

Usage: receive.py SECRET OTHER_SECRET

The first line is its port. `/hook` is busy at the first call of each id and takes the second; `/gone` wants no more;
`/stranger` knows another secret than the hub's.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

SECRETS = {"/hook": sys.argv[1], "/gone": sys.argv[1], "/stranger": sys.argv[2]}
met = set()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        told = {"path": self.path, "id": self.headers["webhook-id"], "payload": None}
        try:
            told["payload"] = Webhook(SECRETS[self.path]).verify(body, dict(self.headers))
        except WebhookVerificationError as refused:
            told["refused"] = str(refused)
        print(json.dumps(told), flush=True)
        self.answer(told)

    def answer(self, told: dict) -> None:
        if told["payload"] is None:
            self.send_response(401)
        elif self.path == "/gone":
            self.send_response(410)
        elif told["id"] not in met:
            met.add(told["id"])
            self.send_response(503)
            self.send_header("Retry-After", "60")
        else:
            self.send_response(204)
        self.end_headers()

    def log_message(self, *_) -> None:
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
