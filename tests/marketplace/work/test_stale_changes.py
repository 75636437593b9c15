"""A change form that became stale: said clearly, nothing typed is lost, nothing signed undone."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import httpx
import pytest

from marketplace.contracts import queries as contracts
from marketplace.contracts.schemas import ChangeDraft, Refusal
from marketplace.contracts.service import amending, changes
from tests.factories import accounts, work
from tests.marketplace.work.test_changes import both, milestones, project

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


class _Fields(HTMLParser):
    """What a browser would send of the change form; unticked boxes are not sent."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._area = ""
        self._select = ""
        form = re.search(r'action="[^"]*/change">(.*?)</form>', page, re.DOTALL)
        self.feed(form[1] if form else "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "input" and found.get("type") != "checkbox":
            self.sent[found["name"]] = found.get("value", "")
        elif tag == "textarea":
            self._area = found["name"]
            self.sent[self._area] = ""
        elif tag == "select":
            self._select = found["name"]
        elif tag == "option" and "selected" in found:
            self.sent[self._select] = found["value"]

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.sent[self._area] = self.sent[self._area].removeprefix("\n")
            self._area = ""


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_what_was_typed_is_kept_and_what_was_signed_meanwhile_is_not_undone(
    client: httpx.AsyncClient, lang: str
) -> None:
    people, contract = await project(20000, 30000, 40000)
    at = f"/{lang}/contracts/{contract.id}/change"
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    typed = _Fields((await client.get(at)).text).sent
    typed |= {
        "title": "Invoices, reminders and <mail>",
        "reason": "More to do",
        "milestones-1-criteria": "Checked\nTwice",
        "milestones-2-title": "A longer report",
    }
    first, second, third = milestones(contract)
    cheaper = second.model_copy(update={"price_minor": 25000})
    extra = third.model_copy(update={"part": None, "title": "A fourth step"})
    wish = ChangeDraft(milestones=(first, cheaper, extra), notice_days=45)  # the third is dropped
    contract = await both(people, contract, wish)
    answer = await client.post(at, data=typed)
    assert answer.status_code == 409
    told = "Le contrat a changé pendant" if lang == "fr" else "The contract changed while"
    assert told in answer.text
    again = _Fields(answer.text).sent
    assert again["version"] == str(contract.version)
    assert (again["title"], again["reason"]) == (typed["title"], "More to do")
    assert again["notice_days"] == "45"
    rows = {again[f"milestones-{n}-title"]: n for n in range(4)}
    assert list(rows) == ["Part 1", "Part 2", "A longer report", "A fourth step"]
    assert again["milestones-1-criteria"].strip() == "Checked\nTwice"
    assert again["milestones-1-price"].replace(",", ".") == "250.00"
    assert "milestones-2-part" not in again  # dropped meanwhile: what was written is a new one
    sent = await client.post(at, data=again)
    assert sent.status_code == 303
    found = await contracts.open_change(contract.id)
    assert found is not None
    agreed = await contracts.change_shown(await contracts.by_id(contract.id))
    assert agreed is not None
    assert not any("45" in line.before + line.after for line in agreed.lines)


async def test_a_second_tab_waits_for_the_change_of_the_first(client: httpx.AsyncClient) -> None:
    people, contract = await project(20000, 30000)
    at = f"/en/contracts/{contract.id}/change"
    await client.get("/en/")
    await accounts.log_in(client, people.business.person)
    typed = _Fields((await client.get(at)).text).sent | {"title": "Typed in the second tab"}
    await amending.propose(people.assistant, contract.id, ChangeDraft(notice_days=40))
    for broken in ("40", "x"):
        answer = await client.post(at, data=typed | {"notice_days": broken})
        assert answer.status_code in {409, 422}
        assert "Typed in the second tab" in answer.text
        assert "it is answered first" in answer.text
    await changes.answer(people.business, contract.id, Refusal(reason="No").reason)
    sent = await client.post(at, data=typed)
    assert sent.headers["location"].endswith("/sign")
    hourly = await work.running_week()
    cap = f"/en/contracts/{hourly[1].id}/cap"
    await amending.propose(hourly[0].assistant, hourly[1].id, ChangeDraft(title="New"))
    await accounts.log_in(client, hourly[0].business.person)
    answer = await client.post(cap, data={"minutes": "12h30", "weeks": "this", "reason": "Rush"})
    assert answer.status_code == 409
    assert "12h30" in answer.text
