"""A real SMTP server on loopback: it keeps what it accepts, and refuses, hangs up or wants TLS where a test says so."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


@dataclass
class Mailbox:
    """What the server got, as (recipient, bytes), and what it does instead of taking more."""

    got: list[tuple[str, bytes]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    hangs_up_after: int | None = None
    refuses: dict[str, str] = field(default_factory=dict)
    """Answers to some recipients."""
    answers: str = "250 OK"
    """The answer to a whole message."""
    port: int = 0

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        if self.hangs_up_after is not None and len(self.got) >= self.hangs_up_after:
            server.transport.abort()
            return "421 gone"
        if self.answers.startswith("250"):
            self.got.append((envelope.rcpt_tos[0], envelope.original_content))
        return self.answers

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"right")


@contextmanager
def serving(
    mailbox: Mailbox, certificate: Path | None = None, *, implicit: bool = False, wants_login: bool = False
) -> Iterator[Mailbox]:
    """The server, for as long as the context lasts; with a certificate it offers STARTTLS, or speaks TLS at once."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    with socket.create_server((HOST, 0)) as free:
        mailbox.port = free.getsockname()[1]
    controller = Controller(
        mailbox,
        hostname=HOST,
        port=mailbox.port,
        ssl_context=context if implicit else None,
        tls_context=None if implicit else context,
        authenticator=mailbox.authenticate,
        auth_required=wants_login,
        auth_require_tls=certificate is not None and not implicit,
    )
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def certificate(path: Path) -> Path:
    """A key and a certificate of its own for the loopback address, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


def parsed(content: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)  # type: ignore[return-value]
