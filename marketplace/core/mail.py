"""Owns mail from template to delivery; never decides who gets one.

A mail is rendered and stored by the command that wants it and sent by a job after commit: over
SMTP when SMTP_URL is set, else kept as .eml under the data folder (development). Mails carry
log-ins and codes: they cross a network under TLS only, or wait.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
from email_validator import validate_email

from marketplace.core import clock, events, jobs
from marketplace.core.db import command, in_command
from marketplace.core.models import OutgoingMail
from marketplace.core.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime
    from email.policy import Policy


@dataclass(frozen=True)
class MailRefused(events.Event):
    """The mailbox that a mail about something was for does not exist."""

    about: str


Renderer: TypeAlias = "Callable[[str, str, dict[str, object]], str]"

log = logging.getLogger("relais.mail")
_render: dict[str, Renderer] = {}  # set by marketplace.web.templates: mail has no engine of its own


class _OneLine(UnstructuredHeader, BaseHeader):
    """An address is never broken or encoded: mail programs would not know it (RFC 2369, 2)."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _OneLine)
NO_MAILBOX: Final = re.compile(r"5\.1\.(?:1|2|3|6|10)\b")
"""RFC 3463, 3.2: the recipient's address is bad. Other refusals for good (a relay, our address, a
policy) are of our set-up, and an operator mends that."""
_POLICY: Final = SMTP.clone(header_factory=_headers)


def render_with(renderer: Renderer) -> None:
    """Tell how `(template name, locale, context) -> text` works."""
    _render["engine"] = renderer


async def send(
    template: str,
    *,
    to: str,
    locale: str,
    about: str = "",
    unsubscribe: str = "",
    **context: object,
) -> None:
    """Queue the mail `frontend/templates/mail/<template>.{txt,html}` inside the open command.

    The text file's first line is `Subject: ...`. `about` names what `sent_about` can prove later;
    `unsubscribe` is an address that stops such mails by one POST, for mail programs (RFC 8058).
    """
    if not in_command():
        msg = "mail is queued inside a command"
        raise RuntimeError(msg)
    engine = _render["engine"]
    base = {"base_url": settings().base_url, "site_name": settings().site_name, **context}
    head, _, text = engine(f"mail/{template}.txt", locale, base).lstrip().partition("\n")
    row = await OutgoingMail.create(
        recipient=to,
        locale=locale,
        template=template,
        subject=" ".join(head.removeprefix("Subject:").split()),  # no line breaks of any kind
        text=text.strip() + "\n",
        html=engine(f"mail/{template}.html", locale, base),
        created_at=clock.now(),
        about=about,
        unsubscribe=unsubscribe,
    )
    await jobs.defer("mail.send", mail=row.id, priority=10)


async def sent_about(about: str) -> datetime | None:
    """When the first mail about this left; None while none did."""
    row = await OutgoingMail.filter(about=about, sent_at__isnull=False).order_by("sent_at").first()
    return row.sent_at if row else None


async def forget(abouts: Collection[str]) -> None:
    """What was sent about these no longer says to whom; what was not is not sent."""
    mails = OutgoingMail.filter(about__in=list(abouts))
    await mails.filter(sent_at__isnull=True).delete()
    await mails.update(recipient="")


def _plain(address: str) -> str:
    """The address with its domain as every mail server takes it (IDNA 2008, RFC 5891)."""
    if address.rpartition("@")[2].isascii():
        return address
    found = validate_email(address, check_deliverability=False, test_environment=True)
    return f"{found.local_part}@{found.ascii_domain}"


def _message(row: OutgoingMail) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    name, address = parseaddr(settings().mail_from)
    user, _, domain = address.partition("@")
    message["From"] = Address(name, user, domain)
    message["To"] = _plain(row.recipient)
    message["Subject"] = row.subject
    message["Date"] = format_datetime(clock.now())
    # Derived from the row, so that a mail sent twice by a crash is shown once by mail programs.
    message["Message-ID"] = f"<{row.id}@{domain}>" if domain else make_msgid()
    message["Content-Language"] = row.locale
    if row.unsubscribe:
        message["List-Unsubscribe"] = f"<{row.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(row.text)
    message.add_alternative(row.html, subtype="html")
    return message


async def _deliver(row: OutgoingMail) -> None:
    message = _message(row)
    if not settings().smtp_url:
        folder = settings().data_dir / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{row.created_at:%Y%m%dT%H%M%S.%f}-{row.id}.eml").write_bytes(bytes(message))
        return
    where = urlsplit(settings().smtp_url)
    here, tls = _stays_here(where.hostname or ""), where.scheme == "smtps"
    await aiosmtplib.send(
        message,
        hostname=where.hostname,
        port=where.port or (465 if tls else 587),
        username=unquote(where.username) if where.username else None,
        password=unquote(where.password) if where.password else None,
        use_tls=tls,
        # None: if it is offered, which whoever is on the way can prevent.
        start_tls=None if tls or here or settings().smtp_plain else True,
        validate_certs=not here,  # distributions give their mail server one that it signed itself
        timeout=30,
    )


def _stays_here(host: str) -> bool:
    """Whether what is said to this server leaves the machine for no network."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@jobs.task("mail.send", queue="mail", tries=jobs.TRIES_ABROAD)
async def deliver(mail: str) -> None:
    """Send one stored mail and wipe what it said. A second run of a sent one does nothing."""
    row = await OutgoingMail.get_or_none(pk=UUID(mail))
    if row is None or row.sent_at is not None:  # None: it came too late to be sent (upkeep.py)
        return
    try:
        await _deliver(row)
    except aiosmtplib.SMTPRecipientsRefused as refused:
        if not all(NO_MAILBOX.match(each.message) for each in refused.recipients):
            raise
        # There is no such mailbox: no try and no operator can help, and it counts as never sent.
        log.warning("mail %s was refused for good", row.id)
        if row.about:
            await _note_refused(row.about)
        return
    await _mark_sent(row)


@command
async def _note_refused(about: str) -> None:
    await events.record(MailRefused(about))


@command
async def _mark_sent(row: OutgoingMail) -> None:
    await OutgoingMail.filter(pk=row.id, sent_at=None).update(
        sent_at=clock.now(), subject="", text="", html="", unsubscribe=""
    )
