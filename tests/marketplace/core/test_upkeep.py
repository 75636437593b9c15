"""What the kernel keeps goes after its term: addresses first, money and proofs last."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from marketplace.accounts.models import Person
from marketplace.accounts.service import profile
from marketplace.core import clock, upkeep
from marketplace.core.db import command, connection
from marketplace.core.models import DomainEvent, OutgoingMail, WorkerHeartbeat
from tests.factories import accounts, admin

pytestmark = pytest.mark.usefixtures("database")

ADDRESS = "camille@example.org"


async def failed(
    task: str, args: str = "{}", queue: str = "default", status: str = "failed"
) -> int:
    job = await admin.failed_job(task)
    await connection().execute_query(
        "UPDATE procrastinate_jobs SET args = $2::jsonb, queue_name = $3, "
        "status = $4::procrastinate_job_status WHERE id = $1",
        [job, args, queue, status],
    )
    await connection().execute_query(
        "INSERT INTO procrastinate_events (job_id, type) VALUES ($1, 'failed')", [job]
    )
    return job


async def letter(
    *, sent: bool, about: str = "", to: str = ADDRESS, template: str = "work_news"
) -> UUID:
    now = clock.now()
    row = await OutgoingMail.create(
        recipient=to, locale="fr", template=template, subject="", text="" if sent else "Bonjour",
        html="", created_at=now, sent_at=now if sent else None, about=about,
    )  # fmt: skip
    return row.id


async def event() -> UUID:
    row = await DomainEvent.create(name="WorkSubmitted", body={}, created_at=clock.now())
    return row.id


async def left() -> set[object]:
    """What is still there after a night's run."""
    await upkeep.clear()
    rows = await connection().execute_query_dict("SELECT id FROM procrastinate_jobs")
    kept: set[object] = {row["id"] for row in rows}
    for model in (DomainEvent, OutgoingMail):
        kept |= set(await model.all().values_list("id", flat=True))
    return kept


async def test_everything_goes_after_its_term(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "AT_ONCE", 2)  # several statements, as with very many rows
    for _ in range(5):
        await failed("mail.send", status="succeeded")
    addressed = await failed("accounts.mail_reset", f'{{"email": "{ADDRESS}"}}', "mail")
    rests, paid = await failed("invoicing.issue"), await failed("admin.pay_out", queue="money")
    told, never = await event(), await event()
    reaction = await failed("events.deliver", f'{{"event": "{never}"}}', "money")
    unsent, sent = await letter(sent=False), await letter(sent=True)
    proof = await letter(sent=True, about="review:1:3")
    await WorkerHeartbeat.create(name="gone", seen_at=clock.now() - timedelta(days=2))
    await WorkerHeartbeat.create(name="here", seen_at=clock.now())
    for_years = {paid, reaction, never, proof}
    assert await left() == for_years | {addressed, rests, told, unsent, sent}
    assert [beat.name for beat in await WorkerHeartbeat.all()] == ["here"]
    for days, then in (
        (8, for_years | {rests, told, unsent, sent}), (24, for_years | {rests, told, sent}),
        (60, for_years), (1900, for_years - {proof}),
    ):  # fmt: skip
        clock.advance(days * 86_400)
        assert await left() == then, days


async def test_what_is_done_forgets_who_is_erased() -> None:
    person, other = await accounts.person(), await accounts.person()
    await OutgoingMail.all().delete()
    sent, unsent = await letter(sent=True, to=person.email), await letter(sent=False)
    kept = await letter(sent=True, to=other.email)
    await failed("accounts.mail_reset", f'{{"email": "{person.email}"}}', "mail")
    await command(profile.erase)(person.id)
    recipients = {row.id: row.recipient for row in await OutgoingMail.all()}
    assert recipients == {sent: "", unsent: ADDRESS, kept: other.email}
    rows = await connection().execute_query_dict(
        "SELECT 1 FROM procrastinate_jobs WHERE args::text LIKE $1", [f"%{person.email}%"]
    )
    assert rows == []


async def test_a_sign_up_with_somebody_elses_address_takes_no_mail_of_theirs() -> None:
    stranger = await accounts.person()
    await Person.filter(id=stranger.id).update(email_verified_at=None)
    await OutgoingMail.all().delete()
    waits = await letter(sent=False, to=stranger.email, template="parties_invitation")
    proof = await letter(sent=True, to=stranger.email, about="reference:1")
    await letter(sent=False, to=stranger.email, template="accounts_verify")
    await command(profile.erase)(stranger.id)
    kept = {row.id: row.recipient for row in await OutgoingMail.all()}
    assert kept == {waits: stranger.email, proof: stranger.email}
