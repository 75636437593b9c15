"""Owns the tables of the kernel: events that happened and mail that leaves; no feature's."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.core.ids import new_id


class DomainEvent(Model):
    """Something that happened, kept for delivery to reactions and for the record."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    name: str = fields.CharField(max_length=80)
    body: Any = fields.JSONField()
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "domain_event"


class OutgoingMail(Model):
    """A rendered mail. What it says is wiped once it is sent: it may hold one-time codes.

    `about` names what it was for, where the sending has to be proven later; else it is empty.
    `unsubscribe` is the address that stops such mails, "" for mails that are no news by choice.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    recipient: str = fields.CharField(max_length=320)
    locale: str = fields.CharField(max_length=2)
    template: str = fields.CharField(max_length=80)
    subject: str = fields.TextField()
    text: str = fields.TextField()
    html: str = fields.TextField()
    created_at: datetime = fields.DatetimeField()
    sent_at: datetime | None = fields.DatetimeField(null=True)
    about: str = fields.TextField(default="")
    unsubscribe: str = fields.TextField(default="")

    class Meta:
        table = "outgoing_mail"


class WorkerHeartbeat(Model):
    """When each worker process was last seen alive."""

    name: str = fields.CharField(max_length=120, primary_key=True)
    seen_at: datetime = fields.DatetimeField()

    class Meta:
        table = "worker_heartbeat"
