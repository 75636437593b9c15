"""Owns the reading of mail kept in development; never sends, never opens one in production."""

from __future__ import annotations

import email
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from marketplace.core.errors import NotFound
from marketplace.core.settings import settings

SHOWN_MAX = 200


@dataclass(frozen=True)
class KeptMail:
    """One mail as a person would read it."""

    name: str
    recipient: str
    subject: str
    sent_at: datetime | None
    text: str
    html: str


def _folder() -> Path:
    return settings().data_dir / "mail"


def kept_mail(to: str = "") -> list[KeptMail]:
    """The newest mails, newest first; `to` keeps those of one recipient."""
    names = sorted((path.name for path in _folder().glob("*.eml")), reverse=True)
    found = []
    for name in names:
        mail = _read(name)
        if mail is not None and to.lower() in mail.recipient.lower():
            found.append(mail)
        if len(found) == SHOWN_MAX:
            break
    return found


def one_mail(name: str) -> KeptMail:
    """The mail of this file name. Raises NotFound."""
    mail = _read(name)
    if mail is None:
        raise NotFound
    return mail


def _read(name: str) -> KeptMail | None:
    path = _folder() / name
    if path.parent != _folder() or path.suffix != ".eml":
        return None
    try:
        message = email.message_from_bytes(path.read_bytes(), policy=default)
    except FileNotFoundError:  # cleared between listing and reading
        return None
    date = message["Date"]
    return KeptMail(
        name=name,
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=date.datetime if date is not None else None,
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
