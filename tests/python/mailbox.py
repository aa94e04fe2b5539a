"""A mail server that wants STARTTLS and a password, and tells each mail it takes in a line of JSON.

Usage: mailbox.py CERT KEY USER PASSWORD

The first line is its port.
"""

import json
import ssl
import sys
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

CERT, KEY, USER, PASSWORD = sys.argv[1:]


class Mailbox:
    async def handle_DATA(self, _server, session, envelope) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        told = {
            "encrypted": session.ssl is not None,
            "login": session.auth_data.login.decode(),
            "to": envelope.rcpt_tos,
            "id": str(mail["Message-ID"]),
            "subject": str(mail["Subject"]),
            "text": mail.get_content(),
            "raw": envelope.content.decode("ascii"),
        }
        print(json.dumps(told), flush=True)
        return "250 kept"


def known(_server, _session, _envelope, _mechanism, data) -> AuthResult:
    success = data == LoginPassword(USER.encode(), PASSWORD.encode())
    if not success:
        print(json.dumps({"refused": data.login.decode()}), flush=True)
    return AuthResult(success=success, handled=False, auth_data=data)


class Listening(Controller):
    def factory(self) -> SMTP:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(CERT, KEY)
        return SMTP(
            self.handler,
            hostname="mail.example",
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            authenticator=known,
        )

    def _trigger_server(self) -> None:
        # It says hello to itself first, and port 0 is none to say it to.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


controller = Listening(Mailbox(), hostname="127.0.0.1", port=0)
controller.start()
print(controller.port, flush=True)
# Until whoever started it ends it.
sys.stdin.read()
