"""The pages of reviews: forms without scripts, replies, reports and what operators decide."""

from __future__ import annotations

import httpx
import pytest

from marketplace.accounts.rules import Scope
from marketplace.admin.models import OperatorAct
from marketplace.profiles.models import Profile
from marketplace.reviews import service
from marketplace.reviews.models import ContractReview, ReviewReport
from tests.factories import accounts, admin, reviews, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
TYPED = {
    "quality": "5", "communication": "4", "deadlines": "3", "again": "true",
    "text": "Tout était prêt.\nMerci !", "language": "fr",
}  # fmt: skip


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_review_is_drafted_sent_and_answered_on_pages(
    client: httpx.AsyncClient, lang: str
) -> None:
    people = await work.pair()
    profile = await reviews.with_profile(people)
    contract = await reviews.paid(people)
    at = f"/{lang}/contracts/{contract.id}/reviews"
    await accounts.log_in(client, people.business.person)
    assert at in (await client.get(f"/{lang}/reviews")).text
    wrong = await client.post(f"{at}/of-assistant", data={**TYPED, "quality": "", "text": "Kept!"})
    assert wrong.status_code == 422
    assert "Kept!" in wrong.text
    assert (await client.post(f"{at}/of-assistant", data=TYPED)).status_code == 303
    assert "Tout était prêt." in (await client.get(at)).text  # the draft, in its form
    assert (await ContractReview.get()).sent_at is None
    sent = await client.post(f"{at}/of-assistant", data={**TYPED, "send": "1"})
    assert sent.status_code == 303
    again = await client.post(f"{at}/of-assistant", data={**TYPED, "quality": "1", "send": "1"})
    assert again.status_code == 409
    assert ("Vous avez envoyé" if lang == "fr" else "cannot be changed any more") in again.text
    assert at not in (await client.get(f"/{lang}/reviews")).text
    assert "Tout était prêt." in (await client.get(at)).text  # who wrote it can read it again
    await reviews.by_assistant(people, contract)
    row = await ContractReview.get(side="business")
    await accounts.log_in(client, people.assistant.person)
    shown = await client.get(at)
    assert '<div lang="fr"><p class="prose">Tout était prêt.</p>' in shown.text
    reply = f"/{lang}/reviews/{row.id}/reply"
    empty = await client.post(reply, data={"text": "", "language": "en"})
    assert empty.status_code == 422
    assert empty.text.count(f'id="f-reply-{row.id}-text"') == 1
    said = {"text": "With pleasure.", "language": "en"}
    assert (await client.post(reply, data=said)).status_code == 303
    assert (await client.post(reply, data=said)).status_code == 409
    client.cookies.clear()
    public = (await client.get(f"/{lang}/assistants/{profile.slug}")).text
    assert "With pleasure." in public
    assert "4,0" in public or "4.0" in public
    listed = (await client.get(f"/{lang}/assistants/{profile.slug}/reviews?page=77x")).text
    assert "Menuiserie Arnaud" in listed
    assert (await client.get(f"/{lang}/reviews/rules")).status_code == 200
    assert (await client.get(f"/{lang}/reviews")).status_code in {302, 303}


async def test_a_report_is_decided_with_a_reason_that_all_are_told(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.pair()
    profile = await reviews.with_profile(people)
    contract = await reviews.paid(people)
    row = await reviews.by_business(people, contract, 1, 1, 1)
    await reviews.by_assistant(people, contract)
    form = f"/fr/reviews/{row.id}/report"
    assert (await client.get(form)).status_code == 200
    typed = {"ground": "insult", "said": "Le mot « voleur » m’injurie.", "email": "x"}
    wrong = await client.post(form, data=typed)
    assert wrong.status_code == 422
    assert "voleur" in wrong.text
    typed["email"] = "tiers@relais.example"
    assert (await client.post(form, data=typed)).status_code == 303
    assert (await Profile.get(pk=profile.id)).reviews == 1  # nothing is hidden by a report
    operator = await admin.operator()
    await accounts.log_in(client, operator)
    assert "Menuiserie Arnaud sur Léa Roussel" in (await client.get("/fr/operator/reviews")).text
    one = f"/fr/operator/reviews/{row.id}"
    assert "voleur" in (await client.get(one)).text
    read = {"read": str((await ReviewReport.get()).id)}
    assert (await client.post(f"{one}/hide", data={"reason": "Injure", **read})).status_code == 422
    insult = {"reason": "Injure", "ground": "insult", **read}
    assert (await client.post(f"{one}/hide", data=insult)).status_code == 303
    second = await client.post(f"{one}/keep", data={"reason": "C’est une citation", **read})
    assert second.status_code == 409
    for told in ("Il n’y a rien à décider", "C’est une citation"):  # who came too late
        assert told in second.text
    now = await Profile.get(pk=profile.id)
    assert (now.reviews, now.review_marks) == (0, 0)
    (act,) = await OperatorAct.all()
    assert (act.act, act.after) == ("hide_review", {"hidden": True, "ground": "insult"})
    assert "Injure ou diffamation" in (await client.get("/fr/operator/log")).text
    await run_jobs()
    for to in (people.business.person.email, people.assistant.person.email, typed["email"]):
        assert any("Injure" in accounts.text_of(mail) for mail in accounts.mailbox(to)), to
    assert (await ReviewReport.get()).email == ""
    client.cookies.clear()
    assert (await client.get(form)).status_code == 404
    page = await client.get(f"/fr/assistants/{profile.slug}/reviews")
    assert "Neat work." not in page.text
    await accounts.log_in(client, people.assistant.person)
    room = (await client.get(f"/fr/contracts/{contract.id}/reviews")).text
    assert "L’avis de Menuiserie Arnaud nous a été signalé" in room

    await accounts.log_in(client, operator)
    back = await client.post(f"{one}/show", data={"reason": "Le mot est une citation"})
    assert back.status_code == 303
    twice = await client.post(f"{one}/show", data={"reason": "Le mot est une citation"})
    assert twice.status_code == 409
    assert (await Profile.get(pk=profile.id)).reviews == 1
    await run_jobs()
    for side in (people.business, people.assistant):
        assert "de nouveau affiché" in str(accounts.mailbox(side.person.email)[-1]["Subject"])
    assert "Neat work." in (await client.get(f"/fr/assistants/{profile.slug}/reviews")).text


async def test_operators_hear_of_a_reported_review_once_until_they_decided(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.pair()
    contract = await reviews.paid(people)
    row = await reviews.by_business(people, contract, 1, 1, 1)
    await reviews.by_assistant(people, contract)
    operator = await admin.operator()
    form = f"/fr/reviews/{row.id}/report"
    typed = {"ground": "insult", "said": "Le mot « voleur » m’injurie."}
    for mails in (1, 1, 2):
        assert (await client.post(form, data=typed)).status_code == 303
        await run_jobs()
        found = accounts.mailbox(operator.email)
        assert [mail["Subject"] for mail in found] == ["Un avis a été signalé"] * mails
        assert f"/operator/reviews/{row.id}" in accounts.text_of(found[-1])
        if await ReviewReport.all().count() == 2:
            newest = await ReviewReport.all().order_by("-id").first()
            assert newest
            await service.judge(row.id, None, "It is none", newest.id)
    await accounts.log_in(client, operator)
    page = (await client.get("/fr/operator")).text
    assert "Avis signalés, à trancher" in page
    reader = await admin.bearer(operator, Scope.OPERATOR_READ)
    told = (await client.get("/api/v1/operator/overview", headers=reader)).json()
    assert told["reported_reviews"] == 1


async def test_a_kept_review_stays_and_programs_do_the_same(client: httpx.AsyncClient) -> None:
    people = await work.pair()
    await reviews.with_profile(people)
    contract = await reviews.paid(people)
    key = await admin.bearer(people.business.person, Scope.CONTRACTS_WRITE, Scope.CONTRACTS_READ)
    at = f"/api/v1/contracts/{contract.id}/reviews"
    body = {"quality": 2, "communication": 2, "deadlines": 2, "again": False, "language": "en",
            "text": "Late.", "send": True}  # fmt: skip
    bad = await client.post(f"{at}/of-assistant", json={**body, "quality": 6}, headers=key)
    assert bad.status_code == 422
    sent = (await client.post(f"{at}/of-assistant", json=body, headers=key)).json()
    await reviews.by_assistant(people, contract)
    room = (await client.get(at, headers=key)).json()
    assert room["rounds"][0]["theirs"]["marks"] == {"briefs": 4, "communication": 4, "payment": 5}
    report = {"ground": "false_facts", "said": "It was in time, see the log."}
    for _each in range(5):
        answer = await client.post(f"/api/v1/reviews/{sent['id']}/reports", json=report)
        assert answer.status_code == 201
    limited = await client.post(f"/api/v1/reviews/{sent['id']}/reports", json=report)
    assert limited.status_code == 429
    typed = {"ground": "insult", "said": "A long explanation that was typed with care."}
    page = await client.post(f"/en/reviews/{sent['id']}/report", data=typed)
    assert page.status_code == 429
    assert "that was typed with care." in page.text  # nothing typed is lost
    assert "<form" in page.text
    operator = await admin.bearer(await admin.operator(), Scope.OPERATOR_READ, Scope.OPERATOR_WRITE)
    waiting = (await client.get("/api/v1/operator/reviews", headers=operator)).json()["waiting"]
    assert len(waiting) == 5
    keep, body = f"/api/v1/operator/reviews/{sent['id']}/keep", {"reason": "The log shows it"}
    stale = await client.post(keep, json={**body, "read": waiting[-2]["id"]}, headers=operator)
    assert (stale.status_code, await ReviewReport.exclude(decided_at=None).count()) == (409, 0)
    kept = await client.post(keep, json={**body, "read": waiting[-1]["id"]}, headers=operator)
    assert kept.json()["hidden_for"] == ""
    shown = await client.post(
        f"/api/v1/operator/reviews/{sent['id']}/show",
        json={"reason": "It was never hidden"}, headers=operator,
    )  # fmt: skip
    assert shown.status_code == 409
    again = (await client.get("/api/v1/operator/reviews", headers=operator)).json()
    assert (again["waiting"], len(again["decided"])) == ([], 5)
