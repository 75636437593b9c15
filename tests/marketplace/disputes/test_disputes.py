"""A bank takes a payment back: both sides and the operator know, decide, and every cent is booked."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
import typst

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Scope
from marketplace.admin import service
from marketplace.admin.models import OperatorAct
from marketplace.admin.rules.decisions import DisputeClosed, NothingToRecover
from marketplace.admin.schemas.disputes import AnswerDraft, RecoverDraft
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Kind
from marketplace.contracts.schemas import ChangeDraft
from marketplace.contracts.service import amending, drafting, imports, offers
from marketplace.core import clock, events
from marketplace.core.models import OutgoingMail
from marketplace.core.settings import settings
from marketplace.disputes import queries
from marketplace.disputes.service import pack
from marketplace.work import queries as work_queries
from marketplace.work.rules import Status
from marketplace.work.schemas import ChangesDraft, DeliveryDraft, EntryDraft
from marketplace.work.service import deliveries, ticks, timesheets
from payments import explorer, inbox, statements
from payments.models import Funding, FundingStatus, Movement, MovementKind
from tests.factories import accounts, admin, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DONE = DeliveryDraft.model_validate({"note": "All filed and proofread."})
WHY = ReasonDraft(reason="The client never wrote to us")


@dataclass
class Case:
    """A paid part whose bank took the payment back."""

    people: work.Pair
    contract: Contract
    operator: Person
    dispute: str

    async def row(self) -> explorer.DisputeView:
        found = await explorer.dispute(self.dispute)
        assert found is not None
        return found


async def heard(run_jobs: RunJobs, dispute: str, kind: str = "created") -> None:
    """Stripe's news of it reach the inbox and are applied."""
    await inbox.store(
        event=f"evt_{kind}_{dispute}", kind=f"v1.charge.dispute.{kind}", obj=dispute, account=None
    )
    await run_jobs()


def last_mails(case: Case) -> list[str]:
    """What the last mail to the client is called, and the last to the assistant."""
    sides = (case.people.business, case.people.assistant)
    return [str(accounts.mailbox(side.person.email)[-1]["Subject"]) for side in sides]


async def disputed(run_jobs: RunJobs, *, released: bool) -> Case:
    people = await work.pair()
    contract = await work.signed(people, work.project(20_000))
    return await taken_back(run_jobs, people, contract, released=released)


async def taken_back(
    run_jobs: RunJobs, people: work.Pair, contract: Contract, *, released: bool
) -> Case:
    operator = await admin.operator()
    await work.pay(contract)
    if released:
        first = await work.unit(contract)
        await deliveries.submit(people.assistant, first.id, DONE)
        await deliveries.approve(people.business, first.id)
    funding = await Funding.get(holding_id=str((await work.unit(contract)).id))
    async with httpx.AsyncClient(base_url=settings().stripe_api_base, timeout=30) as stripe:
        made = await stripe.post("/_sandbox/disputes", json={"charge": funding.charge})
    await heard(run_jobs, made.json()["id"])
    return Case(people, contract, operator, made.json()["id"])


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_both_sides_read_what_happens_and_tell_their_account(
    client: httpx.AsyncClient, run_jobs: RunJobs, lang: str
) -> None:
    case = await disputed(run_jobs, released=False)
    mails = await OutgoingMail.filter(template__in=["dispute_news", "operator_alert"])
    assert sorted(mail.recipient for mail in mails) == sorted(
        who.email for who in (case.operator, case.people.business.person,
                              case.people.assistant.person)
    )  # fmt: skip
    await client.get(f"/{lang}/")
    path = f"/{lang}/contracts/{case.contract.id}/disputes"
    words = {"fr": ("gelé", "jusqu’au"), "en": ("frozen", "Until ")}[lang]
    for who in (case.people.business, case.people.assistant):
        await accounts.log_in(client, who.person)
        page = (await client.get(path)).text
        assert words[0] in page
        assert words[1].lower() in page.lower()
        assert f"{path}" in (await client.get(path.replace("disputes", "statement"))).text
    told = f"{path}/{case.dispute}/accounts"
    assert (await client.post(told, data={"text": "short"})).status_code == 422
    story = "I delivered on Monday <b>in full</b>.\r\n\r\nWith proof."
    answer = await client.post(told, data={"text": story})
    assert answer.status_code == 303
    page = (await client.get(path)).text
    assert "&lt;b&gt;in full" in page
    assert "<p>With proof.</p>" in page  # its paragraphs stay apart
    await client.post(told, data={"text": story})  # clicked twice
    assert len(await queries.accounts(case.dispute)) == 1
    long = "\r\n".join(["x" * 79] * 50)  # 3,999 characters in the field; browsers send more
    assert (await client.post(told, data={"text": long})).status_code == 303
    assert len((await queries.accounts(case.dispute))[1].text) == 3999
    answers = [
        await client.post(told, data={"text": f"And another thing: {number}"}) for number in "1234"
    ]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 409]
    assert {"fr": "5 textes", "en": "5 accounts"}[lang] in answers[-1].text
    await accounts.log_in(client, await accounts.person())
    assert (await client.get(path)).status_code == 404
    assert (await client.post(told, data={"text": "I am a stranger here."})).status_code == 404


async def test_neither_side_can_write_the_other_out_of_what_the_bank_reads(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    case = await disputed(run_jobs, released=False)
    part = await work.unit(case.contract)
    for _number in range(3):  # a long history of the work, too
        long = DeliveryDraft.model_validate({"note": "d" * 4000})
        handed_in = await deliveries.submit(case.people.assistant, part.id, long)
        again = ChangesDraft(delivery=handed_in.number, criteria=[0], note="Again, please")
        await deliveries.request_changes(case.people.business, part.id, again)
    told = f"/en/contracts/{case.contract.id}/disputes/{case.dispute}/accounts"
    await accounts.log_in(client, case.people.business.person)
    for text, status in (("c" * 4000, 303), ("C" * 2001, 409), ("C" * 2000, 303)):
        answer = await client.post(told, data={"text": text})
        assert answer.status_code == status
    await accounts.log_in(client, case.people.assistant.person)
    assert (await client.post(told, data={"text": "a" * 4000})).status_code == 303
    summary = await pack.summary(await case.row(), case.contract)
    assert 0 < summary.cut == len(summary.whole) - 20_000
    for text in ("a" * 4000, "c" * 4000, "C" * 2000):
        assert text in summary.text
    await accounts.log_in(client, case.operator)
    page = (await client.get(f"/en/operator/disputes/{case.dispute}")).text
    assert f"{summary.cut:,} characters did not fit" in page


async def test_what_was_told_since_the_operator_read_it_goes_to_the_bank_too(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    case = await disputed(run_jobs, released=False)
    told = f"/en/contracts/{case.contract.id}/disputes/{case.dispute}/accounts"
    answering = f"/en/operator/disputes/{case.dispute}"
    typed = {"text": "Corrected by hand.", "reason": "They delivered", "accounts": "0"}
    await accounts.log_in(client, case.people.assistant.person)
    assert (await client.post(told, data={"text": "I was ill."})).status_code == 303
    await accounts.log_in(client, case.operator)
    refused = await client.post(f"{answering}/answer", data=typed)
    assert refused.status_code == 409
    for kept in ("Corrected by hand.", "I was ill.", 'name="accounts" value="1"'):
        assert kept in refused.text
    reader = await admin.bearer(case.operator, Scope.OPERATOR_READ)
    shown = await client.get(f"/api/v1/operator/disputes/{case.dispute}", headers=reader)
    assert [each["text"] for each in shown.json()["accounts"]] == ["I was ill."]
    typed["accounts"] = "1"
    assert (await client.post(f"{answering}/answer", data=typed)).status_code == 303
    # From here on, though Stripe has not heard it yet, nobody is told that more goes to the bank.
    await accounts.log_in(client, case.people.business.person)
    assert (await client.post(told, data={"text": "And I paid twice."})).status_code == 409
    page = await client.get(told.rpartition("/disputes/")[0] + "/disputes")
    assert "It is too late to add something" in page.text


async def test_who_answers_a_bank_after_a_colleague_gave_up_reads_so_and_keeps_the_words(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    case = await disputed(run_jobs, released=False)
    await service.disputes.concede(case.operator.id, case.dispute, WHY)
    await accounts.log_in(client, await admin.operator())
    typed = {"text": "Corrected by hand.", "reason": "They delivered", "accounts": "0"}
    late = await client.post(f"/en/operator/disputes/{case.dispute}/answer", data=typed)
    assert late.status_code == 409
    for told in (
        "This dispute is decided or already answered.", "Corrected by hand.", "They delivered",
        f"{case.operator.name} accepted the loss on",
    ):  # fmt: skip
        assert told in late.text


async def test_the_evidence_is_packed_submitted_once_and_wins(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    case = await disputed(run_jobs, released=True)
    reader = await admin.bearer(case.operator, Scope.OPERATOR_READ, Scope.OPERATOR_WRITE)
    base = f"/api/v1/operator/disputes/{case.dispute}"
    pack = await client.get(f"{base}/pack.zip", headers=reader)
    with zipfile.ZipFile(io.BytesIO(pack.content)) as found:
        names = found.namelist()
        facts = json.loads(found.read("evidence.json"))
        for line in found.read("SHA256SUMS").decode().splitlines():
            digest, _, name = line.partition("  ")
            assert hashlib.sha256(found.read(name)).hexdigest() == digest
        summary = found.read("summary.txt").decode()
    assert {"SHA256SUMS", "evidence.json", "summary.txt"} < set(names)
    sealed, text = (f"{case.contract.number}-v1-in-force-{each}.pdf" for each in
                    ("signed-and-sealed", "text"))  # fmt: skip
    assert {sealed, text} < set(names)
    assert f"The signed and sealed file is {sealed}." in summary
    assert "made online that both sides signed online" in summary
    assert facts["evidence_chain"]["broken_at"] is None
    assert facts["work"][0]["deliveries"][0]["note"] == "All filed and proofread."
    [version] = facts["versions"]
    assert len(version["signatures"]) == 2
    assert version["in_force"]
    assert facts["statement"]["disputed"]["minor"] == 0  # released before: ours, not theirs
    assert "All filed and proofread." in summary
    body = {"text": "winning_evidence", "reason": "Signed, delivered and approved", "accounts": 0}
    answers = [await client.post(f"{base}/answer", headers=reader, json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    await run_jobs()
    row = await case.row()
    assert (row.status, row.loss.minor) == ("won", 0)
    await heard(run_jobs, case.dispute, "closed")
    assert (await reconcile_contract(case)).disputed.minor == 0
    assert await OutgoingMail.filter(template="dispute_news").count() == 4
    assert last_mails(case) == [
        "Votre banque a rejeté la contestation", "Le paiement contesté est revenu",
    ]  # fmt: skip
    with pytest.raises(DisputeClosed):
        await service.disputes.concede(case.operator.id, case.dispute, WHY)


async def test_a_bank_reads_of_each_version_how_it_was_made(
    run_jobs: RunJobs,
) -> None:
    """A contract signed on paper, brought in, countered once, and changed since."""
    people = await work.pair()
    draft = await drafting.draft(
        people.business, business_id=people.business_id, assistant_id=people.assistant_id,
        kind=Kind.PROJECT,
    )  # fmt: skip
    values = {"title": "Invoices", "scope": "Prepare and send the invoices of every month.",
              "starts_on": clock.today(), "terms": work.project(20_000)}  # fmt: skip
    await drafting.edit(people.business, draft.id, values)
    original = typst.compile(b"Notre contrat", format="pdf")
    assert isinstance(original, bytes)
    day = clock.today()
    await imports.attach(people.business, draft.id, original, "ours.pdf", day)
    await offers.send(people.business, draft.id)
    await work.consent(people.business, draft)
    await offers.counter(people.assistant, draft.id, {"title": "Invoices, and nothing else"})
    for who in (people.business, people.assistant):
        await work.consent(who, draft)
    contract = await contracts.by_id(draft.id)
    case = await taken_back(run_jobs, people, contract, released=False)
    await amending.propose(people.business, contract.id, ChangeDraft(title="The whole office"))
    for who in (people.business, people.assistant):
        await work.consent(who, contract)
    await run_jobs()
    row = await case.row()
    with zipfile.ZipFile(io.BytesIO(await pack.archive(row.id))) as found:
        names = set(found.namelist())
        versions = json.loads(found.read("evidence.json"))["versions"]
        summary = found.read("summary.txt").decode()
        assert found.read(f"{contract.number}-signed-elsewhere.pdf") == original
        for version in versions:
            for file in version["files"]:
                assert hashlib.sha256(found.read(file["name"])).hexdigest() == file["sha256"]
    stem = contract.number
    assert {each for each in names if each.endswith("sealed.pdf")} == {
        f"{stem}-v2-signed-and-sealed.pdf", f"{stem}-v3-in-force-signed-and-sealed.pdf",
    }  # fmt: skip
    assert [len(each["signatures"]) for each in versions] == [1, 2, 2]
    assert [each["in_force"] for each in versions] == [False, False, True]
    assert "Version 2 is a sheet made online for a contract that the parties state" in summary
    assert f"signed elsewhere on {day}" in summary
    assert "Version 3, the one in force, is a change of the contract" in summary
    assert "Version 1" not in summary  # never agreed: only in the pack, and called so there
    assert versions[0]["made"].endswith("it was not signed by both sides")


async def reconcile_contract(case: Case) -> statements.ContractStatement:
    return await statements.contract_statement(str(case.contract.id))


async def test_a_loss_after_the_release_is_ours_until_a_named_person_decides(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    case = await disputed(run_jobs, released=True)
    await accounts.log_in(client, case.operator)
    page = f"/en/operator/disputes/{case.dispute}"
    with pytest.raises(NothingToRecover):
        await service.disputes.recover(case.operator.id, case.dispute, RecoverDraft(reason="why"))
    conceded = await client.post(f"{page}/concede", data={"reason": "Nothing speaks for it"})
    assert conceded.status_code == 303
    await run_jobs()
    lost = await case.row()
    assert (lost.status, lost.recoverable.minor) == ("lost", 20_000)
    assert lost.loss.minor > 20_000  # with the client's fee and its VAT
    assert last_mails(case) == [
        "Votre banque vous a rendu le paiement", "Le client a récupéré le paiement",
    ]  # fmt: skip
    released = lost.released
    assert released.minor == 20_000
    missing = await client.post(f"{page}/recover", data={"reason": ""})
    assert missing.status_code == 422
    for name in ('href="#recover-reason"', 'id="recover-reason"'):  # the mistake leads to its field
        assert name in missing.text
    more = {"reason": "The work was never delivered", "price_minor": "900"}
    refused = await client.post(f"{page}/recover", data=more)
    assert (refused.status_code, "At most €200.00" in refused.text) == (422, True)
    assert 'href="#recover-reason"' not in refused.text
    some = {"reason": "The work was never delivered", "price_minor": "150,00"}
    assert (await client.post(f"{page}/recover", data=some)).status_code == 303
    assert (await client.post(f"{page}/recover", data=some)).status_code == 409
    await run_jobs()
    after = await case.row()
    assert after.released.minor == 5_000
    assert after.loss.minor == lost.loss.minor - 15_000
    [concession, decision] = await OperatorAct.filter(subject=f"dispute:{case.dispute}").order_by(
        "created_at"
    )
    assert concession.act == "concede_dispute"
    assert (decision.act, decision.person_id) == ("recover_dispute", case.operator.id)
    assert decision.reason == "The work was never delivered"
    assert decision.before["released_minor"] == 20_000
    assert decision.after["recovered_minor"] == 15_000
    shown = (await client.get(page)).text
    assert "Assistant bears a lost dispute" in shown
    assert "Who bears the loss?" not in shown
    found = await reconcile_contract(case)
    assert found.funded == found.released + found.refunded + found.held + found.disputed
    assert found.by_bank == lost.amount  # though nothing was held of it any more
    await _the_assistant_knows(client, case)


async def _the_assistant_knows(client: httpx.AsyncClient, case: Case) -> None:
    """By mail and on every page: who decided it, why, what was taken back; the client does not."""
    mails = [accounts.text_of(x) for x in accounts.mailbox(case.people.assistant.person.email)]
    [told] = [text for text in mails if "The work was never delivered" in text]
    assert "Odile Rey a décidé" in told
    statement = f"/en/contracts/{case.contract.id}/statement"
    why = f"/en/contracts/{case.contract.id}/disputes"
    for side, knows in ((case.people.assistant, True), (case.people.business, False)):
        await accounts.log_in(client, side.person)
        assert ("The work was never delivered" in (await client.get(why)).text) is knows
        assert "stays yours unless" not in (await client.get(why)).text
        page = (await client.get(statement)).text
        assert "Given back to the client by their bank" in page
        assert "Given back by the bank</span>" in page  # where others say until when it may be
        assert "of it is frozen" not in page
        assert why in (await client.get(statement.replace("statement", "work"))).text
    await accounts.log_in(client, case.people.assistant.person)
    assert "Taken back" in (await client.get(f"/en/payouts/{case.people.assistant_id}")).text


async def test_it_is_too_late_to_tell_shortly_before_the_deadline(run_jobs: RunJobs) -> None:
    case = await disputed(run_jobs, released=False)
    row = await case.row()
    assert row.due_by is not None
    _contract, [found] = await queries.of_contract(case.people.assistant, case.contract.id)
    assert found.may_tell
    clock.advance((row.due_by - clock.now() - timedelta(hours=23)).total_seconds())
    assert not found.may_tell
    draft = AnswerDraft(text="We answer for them: see the pack.", reason="Late", accounts=0)
    await service.disputes.answer(case.operator.id, case.dispute, draft)
    await run_jobs()
    assert (await case.row()).answered_at is not None


async def lose(run_jobs: RunJobs, contract: Contract) -> None:
    """The bank takes the first part's payment back for good."""
    funding = await Funding.get(holding_id=str((await work.unit(contract)).id))
    async with httpx.AsyncClient(base_url=settings().stripe_api_base, timeout=30) as stripe:
        dispute = (await stripe.post("/_sandbox/disputes", json={"charge": funding.charge})).json()
        await heard(run_jobs, dispute["id"])
        await stripe.post(f"/_sandbox/disputes/{dispute['id']}", json={"result": "lost"})
        await heard(run_jobs, dispute["id"], "closed")


async def test_work_whose_money_a_bank_took_is_paid_anew_or_ends(run_jobs: RunJobs) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20_000), trial_days=0)
    await work.pay(contract)
    await lose(run_jobs, contract)
    assert (await work.unit(contract)).status is Status.PLANNED  # nothing is held for it
    assert await work.pay(contract) == "funded"
    first = await work.unit(contract)
    await deliveries.submit(people.assistant, first.id, DONE)
    await deliveries.approve(people.business, first.id)
    assert (await work_queries.balance(first)).released.minor == 20_000
    found = await statements.contract_statement(str(contract.id))
    assert found.funded == found.released + found.refunded + found.held + found.disputed


async def test_hours_whose_money_a_bank_took_do_not_block_the_week(run_jobs: RunJobs) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly(hours=2), trial_days=0)
    await work.pay(contract)
    week = await work.unit(contract)
    entry = EntryDraft(worked_on=clock.today(), minutes=60, task="Calls")
    await timesheets.add_entry(people.assistant, week.id, entry)
    await timesheets.submit_week(people.assistant, week.id)
    await lose(run_jobs, contract)
    await timesheets.approve_week(people.business, week.id)
    assert (await work.unit(contract)).status is Status.APPROVED
    assert (await work_queries.balance(week)).released.minor == 0


@pytest.mark.parametrize("result", ["won", "lost"])
async def test_both_sides_hear_of_a_dispute_over_what_was_paid_twice(
    run_jobs: RunJobs, result: str
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20_000), trial_days=0)
    page = await work.open_page(contract)
    await Funding.filter(id=page).update(status=FundingStatus.CANCELLED)
    assert await work.pay(contract) == "funded"
    async with httpx.AsyncClient(base_url=settings().stripe_api_base, timeout=30) as stripe:
        session = (await Funding.get(id=page)).session
        card = {"number": "4242424242424242"}
        paid = (await stripe.post(f"/_sandbox/pay/{session}", json=card)).json()
        news = ("v1.payment_intent.succeeded", paid["payment_intent"])
        await inbox.store(event="evt_twice", kind=news[0], obj=news[1], account=None)
        for event in await inbox.pending(99):
            await inbox.apply(event, events.on_fact)
        refund = await Movement.get(kind=MovementKind.REFUND)  # nobody has sent it yet
        made = (await stripe.post("/_sandbox/disputes", json={"charge": refund.charge})).json()
        await heard(run_jobs, made["id"])
        summary = await pack.summary(await pack.dispute(made["id"]), contract)
        assert "was paid beyond what was asked for" in summary.text
        assert "paid for Part 1" not in summary.text
        await stripe.post(f"/_sandbox/disputes/{made['id']}", json={"result": result})
        await heard(run_jobs, made["id"], "closed")
    for side in (people.business, people.assistant):
        texts = [accounts.text_of(mail) for mail in accounts.mailbox(side.person.email)]
        assert sum("payés deux fois" in text for text in texts) == 2


async def test_a_payment_behind_two_weeks_is_one_dispute_and_one_mail_each(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly(), trial_days=0)
    await work.pay(contract)
    week = await work.unit(contract)
    entry = EntryDraft(worked_on=clock.today(), minutes=60, task="Calls")
    await timesheets.add_entry(people.assistant, week.id, entry)
    await timesheets.submit_week(people.assistant, week.id)
    await timesheets.approve_week(people.business, week.id)
    following = await work_queries.balance(await work.unit(contract, 2))
    assert following.held.minor  # the rest, by the same payment
    await lose(run_jobs, contract)
    for side in (people.business, people.assistant):
        assert (
            await OutgoingMail.filter(template="dispute_news", recipient=side.person.email).count()
            == 2
        )


async def test_a_client_whose_bank_took_a_week_back_is_not_charged_again_unasked(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly(hours=2), trial_days=0)
    await work.pay(contract)
    await lose(run_jobs, contract)
    await ticks.run_due()
    week = await work.unit(contract)
    assert week.status is Status.PLANNED
    assert (await work_queries.balance(week)).price.minor == 0
    assert await Funding.filter(holding_id=str(week.id)).count() == 1
    assert await work.pay(contract) == "funded"  # their own decision
