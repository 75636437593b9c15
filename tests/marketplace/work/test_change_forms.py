"""The form of a change met with nonsense: said beside the field, never an error page, never agreed."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.terms import FlatFeeTerms, HourlyTerms, ProjectTerms
from marketplace.contracts.service import changes
from tests.factories import accounts, work

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
HUGE = "9" * 40
ODD_AMOUNTS = ("-5", "0", HUGE, "NaN", "1,2,3", "<b>", "0,001")
ODD_COUNTS = ("0", "-1", "61", HUGE, "1.5", "x")
ODD_DAYS = ("2020-01-01", "9999-12-31", "0000-00-00", "31/12/2027", "x")
ALWAYS = (
    [("notice_days", each) for each in ("-1", "181", HUGE, "1.5", "x")]
    + [("ends_on", each) for each in ODD_DAYS]
    + [("title", each) for each in ("x", "y" * 121, "漢字 \U0001f600 et plus", "a\u202eb\u0007")]
    + [("version", each) for each in ("x", "-1", HUGE)]
)
Terms = HourlyTerms | FlatFeeTerms | ProjectTerms
KINDS: dict[str, tuple[Callable[[], Terms], list[tuple[str, str]]]] = {
    "hourly": (
        work.hourly,
        [("rate", each) for each in ODD_AMOUNTS]
        + [("cap_hours", each) for each in ("0", "-1", "61", "x", HUGE, "7,33")]
        + [("from_week", each) for each in (*ODD_DAYS, "2027-01-05")],
    ),
    "pack": (
        lambda: work.flat(periods=3, pack="calls", pack_size=9),
        [("price", each) for each in ODD_AMOUNTS]
        + [("pack_size", each) for each in ("0", "-1", "10001", HUGE, "x")]
        + [("periods", each) for each in ODD_COUNTS]
        + [("from_period", each) for each in ODD_COUNTS],
    ),
    "project": (
        lambda: work.project(20000, 30000),
        [("milestones-1-price", each) for each in ODD_AMOUNTS]
        + [("milestones-1-due_on", each) for each in ODD_DAYS]
        + [("milestones-1-part", each) for each in ("0", "1", "7", "5000", HUGE, "x")]
        + [("milestones-1-criteria", "x"), ("milestones-1-title", "")],
    ),
}


def _as_shown(terms: Terms) -> dict[str, str]:
    """What must come along so that the odd value is the only one."""
    if isinstance(terms, FlatFeeTerms):
        return {"price": "444", "from_period": "2"}
    if isinstance(terms, HourlyTerms):
        return {"rate": "44"}
    found: dict[str, str] = {}
    for index, (part, each) in enumerate(terms.numbered.items()):
        row = {"title": each.title, "price": f"{each.price_minor // 100}", "part": str(part),
               "due_on": each.due_on.isoformat(), "criteria": "\n".join(each.criteria)}  # fmt: skip
        found |= {f"milestones-{index}-{name}": value for name, value in row.items()}
    return found


@pytest.mark.parametrize("kind", KINDS)
async def test_nonsense_in_any_field_is_told_beside_it(
    client: httpx.AsyncClient, kind: str
) -> None:
    made, own = KINDS[kind]
    people, terms = await work.pair(), made()
    contract = await work.signed(people, terms, trial_days=0)
    assert await work.pay(contract) == "funded"
    await client.get("/fr/")
    await accounts.log_in(client, people.business.person)
    at = f"/fr/contracts/{contract.id}/change"
    taken = []
    for field, value in ALWAYS + own:
        sent = _as_shown(terms) | {"title": "Autre titre", field: value}
        answer = await client.post(at, data=sent)
        if answer.status_code != 422 or 'role="alert"' not in answer.text:
            taken.append((field, value, answer.status_code))
        if answer.status_code == 303:
            await changes.answer(people.business, contract.id)
    assert taken == [("version", "-1", 409), ("version", HUGE, 409)]
    assert await contracts.open_change(contract.id) is None
