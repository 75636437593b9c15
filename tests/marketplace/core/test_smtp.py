"""Mails hold log-ins and codes: over a network they go under TLS, or wait."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiosmtplib
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from marketplace.core import clock, mail
from marketplace.core.models import OutgoingMail
from marketplace.core.settings import settings

ELSEWHERE = "127.1"  # no address that we know to be of this machine, though it is
PASSWORD = "hunter2-of-the-mail-server"


@asynccontextmanager
async def mail_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[int, list[str]]]:
    """A mail server; gives its port and what it was told, with "TLS" from where that began."""
    told: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip():
            told.append(line)
            verb = line[:4].upper()
            if verb == "EHLO":
                offers = "STARTTLS" if tls and "TLS" not in told else "AUTH PLAIN"
                writer.write(f"250-here\r\n250 {offers}\r\n".encode())
            elif verb == "STAR" and tls:
                writer.write(b"220 go on\r\n")
                await writer.drain()
                with suppress(ConnectionError):  # who asked may not like the certificate
                    await writer.start_tls(tls)
                told.append("TLS")
            elif verb == "AUTH":
                writer.write(b"235 ok\r\n")
            elif verb == "DATA":
                writer.write(b"354 go on\r\n")
                while (await reader.readline()) not in {b".\r\n", b""}:
                    pass
                writer.write(b"250 ok\r\n")
            else:
                writer.write(b"221 bye\r\n" if verb == "QUIT" else b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], told
    finally:
        server.close()


@pytest.fixture
def snake_oil(tmp_path: Path) -> ssl.SSLContext:
    """What a distribution gives its mail server: a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ubuntu")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=9))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path / "snakeoil.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def sent(monkeypatch: pytest.MonkeyPatch, host: str, port: int, **more: str) -> bool:
    """Whether the server took a mail; raises what it is tried again for."""
    given = {"SMTP_URL": f"smtp://relais:{PASSWORD}@{host}:{port}", **more}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    row = await OutgoingMail.create(
        recipient="camille@example.org", locale="fr", template="t", subject="Votre code",
        text="123456", html="<p>123456</p>", created_at=clock.now(), about="", unsubscribe="",
    )  # fmt: skip
    await mail.deliver(str(row.id))
    await row.refresh_from_db()
    return row.sent_at is not None


def words(told: list[str]) -> set[str]:
    """What it was told in clear."""
    return {
        line.split(" ")[0].upper()
        for line in (told[: told.index("TLS")] if "TLS" in told else told)
    }


@pytest.mark.usefixtures("database")
async def test_a_server_elsewhere_that_offers_no_tls_gets_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with mail_server() as (port, told):
        with pytest.raises(aiosmtplib.SMTPException):
            await sent(monkeypatch, ELSEWHERE, port)
        assert words(told) <= {"EHLO", "QUIT", "STARTTLS"}
        assert await sent(monkeypatch, ELSEWHERE, port, RELAIS_SMTP_PLAIN="true")
        assert {"AUTH", "DATA"} <= words(told)


@pytest.mark.usefixtures("database")
async def test_a_server_elsewhere_must_show_who_it_is(
    monkeypatch: pytest.MonkeyPatch, snake_oil: ssl.SSLContext
) -> None:
    async with mail_server(snake_oil) as (port, told):
        with pytest.raises(ssl.SSLCertVerificationError):
            await sent(monkeypatch, ELSEWHERE, port)
        assert words(told) <= {"EHLO", "QUIT", "STARTTLS"}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_the_mail_server_of_this_machine_serves_as_it_was_installed(
    monkeypatch: pytest.MonkeyPatch, snake_oil: ssl.SSLContext, host: str
) -> None:
    async with mail_server(snake_oil) as (port, told):
        assert await sent(monkeypatch, host, port)
        assert words(told) <= {"EHLO", "STARTTLS"}
    async with mail_server() as (port, told):
        assert await sent(monkeypatch, host, port)
