"""The VAT radar: what was earned here and declared outside, told once at 80 and 100 percent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from marketplace.billing.models import RadarNotice
from marketplace.billing.queries import radar as queries
from marketplace.billing.rules.radar import by_month, concerns
from marketplace.billing.schemas.radar import DeclaredDraft
from marketplace.billing.service import radar as service
from marketplace.contracts.rules.signing import TaxChanged, TaxUnsettled
from marketplace.contracts.service import offers
from marketplace.core import clock
from marketplace.core.errors import Invalid, NotFound
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions.queries import Scheme
from marketplace.parties.models import Party
from marketplace.work.schemas import DeliveryDraft
from marketplace.work.service import deliveries
from tests.factories import accounts, work
from tests.factories import contracts as make
from tests.factories import parties as people
from tests.fixtures.application import RunJobs

SUBJECT = "Votre chiffre d’affaires atteint"


def test_which_limits_concern_whom() -> None:
    def codes(scheme: Scheme, *, personal: bool) -> set[str]:
        day = date(2026, 11, 28)
        found = jurisdictions.get("FR").limits
        return {each.code for each in found if concerns(each, scheme, personal=personal, on=day)}

    vat = {"small_scheme.base", "small_scheme.ceiling"}
    assert codes(Scheme.SMALL, personal=True) == vat | {"micro_turnover.services"}
    assert codes(Scheme.REGISTERED, personal=True) == {"micro_turnover.services"}
    assert codes(Scheme.SMALL, personal=False) == vat
    day = date(2026, 11, 28)
    assert not any(
        concerns(each, Scheme.SMALL, personal=False, on=day, vat=False)
        for each in jurisdictions.get("FR").limits
    ), "where the country's VAT is not levied"
    assert by_month([(date(2026, 1, 31), 5), (date(2026, 12, 1), 7), (date(2026, 1, 2), -1)]) == [
        4, *[0] * 10, 7,
    ]  # fmt: skip


async def declared(two: make.Pair, amount: str, year: int | None = None) -> queries.Radar:
    draft = DeclaredDraft(year=year or clock.today().year, amount=amount)
    return await service.declare(await two.as_assistant(), two.assistant.id, draft)


async def told(person: str, run_jobs: RunJobs) -> list[str]:
    await run_jobs()
    subjects = [str(each["Subject"]) for each in accounts.mailbox(person)]
    return [
        each.removeprefix(SUBJECT).replace("\u00a0", " ").strip()
        for each in subjects
        if SUBJECT in each
    ]


async def test_each_crossing_is_told_once_however_often_it_is_looked_at(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    two = await make.pair()
    mail = two.camille.email
    await declared(two, "29 999,99")
    assert await told(mail, run_jobs) == []
    await declared(two, "30 000")
    assert await told(mail, run_jobs) == ["80 % d’un seuil"]
    await service.look(two.assistant.id)
    await declared(two, "32 000")
    assert await told(mail, run_jobs) == ["80 % d’un seuil"]
    await declared(two, "42 000")
    assert await told(mail, run_jobs) == [
        "80 % d’un seuil",
        "un seuil",
        "un seuil",
    ], "both limits at once, not their 80 % again"
    await declared(two, "20 000")
    await declared(two, "42 000")
    assert len(await told(mail, run_jobs)) == 3, "a corrected word is not told twice"
    assert await RadarNotice.all().count() == 4
    letter = accounts.text_of(
        next(each for each in accounts.mailbox(mail) if SUBJECT in str(each["Subject"]))
    )
    assert "37\u202f500" in letter.replace("\u00a0", "\u202f")
    assert f"/fr/radar/{two.assistant.id}" in letter


async def test_in_january_the_year_before_is_still_looked_at(run_jobs: RunJobs) -> None:
    two = await make.pair()
    year = clock.today("Europe/Paris").year
    days = (date(year + 1, 1, 9) - clock.today("Europe/Paris")).days
    clock.advance(timedelta(days=days).total_seconds())
    await declared(two, "30 000", year)
    assert await told(two.camille.email, run_jobs) == ["80 % d’un seuil"]
    await service.look(two.assistant.id)
    assert [row.year for row in await RadarNotice.all()] == [year]
    await Party.filter(id=two.assistant.id).update(jurisdiction="CH")
    moved = await Party.get(id=two.assistant.id)
    assert (await queries.of_party(moved, year)).declared_minor == 0, "euros are no francs"


async def test_passing_the_ceiling_stops_signatures_until_the_status_is_changed(
    client: httpx.AsyncClient,
) -> None:
    two = await make.pair()
    found = await declared(two, "41 250")
    year = clock.today("Europe/Paris").year
    assert found.ends_on == date(year + 1, 1, 1)
    offer = await make.sent(two)
    assert (await declared(two, "41 250,01")).ends_on == clock.today("Europe/Paris")
    with pytest.raises(TaxUnsettled, match="passed the limit"):
        await make.sign_as(two.claire, offer)
    await Party.filter(id=two.assistant.id).update(
        tax_status="vat_registered", vat_number="FR40303265045"
    )
    with pytest.raises(TaxChanged):  # the price on the table carries no VAT
        await make.sign_as(two.claire, offer)
    await offers.counter(await two.as_assistant(), offer.id, {})
    await make.sign_as(two.claire, offer)
    await Party.filter(id=two.assistant.id).update(tax_status="franchise", vat_number="")
    assert (await declared(two, "1 000")).ends_on is None
    assert (await declared(two, "40 000", year - 1)).ends_on == date(year, 1, 1)
    assert (await queries.of_party(two.assistant)).ends_on == date(year, 1, 1), "last year counts"


async def test_the_year_in_which_vat_is_due_begins_where_the_assistant_is(
    client: httpx.AsyncClient,
) -> None:
    two = await make.pair()
    await declared(two, "40 000")
    page = f"/fr/radar/{two.assistant.id}"
    turn = datetime(clock.today("Europe/Paris").year + 1, 1, 1, tzinfo=ZoneInfo("Europe/Paris"))
    for minutes, said in ((-5, "prend fin"), (5, "a pris fin")):  # in UTC both are in December
        clock.advance((turn + timedelta(minutes=minutes) - clock.now()).total_seconds())
        await accounts.log_in(client, two.camille)
        assert f"Votre franchise de TVA {said}" in (await client.get(page)).text


async def test_no_vat_limit_is_passed_where_no_vat_is_levied(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    two = await make.pair()
    for part in ("FR-973", "FR-PF"):
        await Party.filter(id=two.assistant.id).update(subdivision=part)
        assert (await declared(two, "80 000")).ends_on is None
        found = await queries.of_party(await Party.get(id=two.assistant.id))
        assert all(each.line.level < 100 for each in found.watched)
    assert not any(each == "un seuil" for each in await told(two.camille.email, run_jobs))
    await Party.filter(id=two.assistant.id).update(subdivision="")
    assert (await declared(two, "80 000")).ends_on is not None


@pytest.mark.usefixtures("stripe_sandbox")
async def test_what_the_ledger_released_counts_before_tax_and_by_month(
    application: object,
) -> None:
    pair = await work.pair()
    contract = await work.signed(pair, work.project(20000))
    await work.pay(contract)
    unit = await work.unit(contract)
    before = await queries.radar(pair.assistant, pair.assistant_id)
    assert before.platform_minor == 0, "held money is not earned yet"
    await deliveries.submit(pair.assistant, unit.id, DeliveryDraft(note="Done."))
    await deliveries.approve(pair.business, unit.id)
    found = await queries.radar(pair.assistant, pair.assistant_id)
    assert found.platform_minor == unit.price_minor
    assert found.months[clock.today("Europe/Paris").month - 1] == unit.price_minor
    assert found.total_minor == unit.price_minor
    last = await queries.turnover(found.party, found.year - 1)
    assert last.total == 0
    for part, client_part, counted in (
        ("FR-973", "", unit.price_minor), ("FR-973", "FR-976", 0), ("FR-974", "FR-973", unit.price_minor)
    ):  # fmt: skip
        await Party.filter(id=pair.assistant_id).update(subdivision=part)
        await Party.filter(id=pair.business_id).update(subdivision=client_part)
        found = await queries.radar(pair.assistant, pair.assistant_id)
        used = {each.limit.code: each.line.used_minor for each in found.watched}
        assert used["small_scheme.base"] == counted, "in Guyane and Mayotte no VAT is levied"
        assert used["micro_turnover.services"] == unit.price_minor
    clock.advance(timedelta(days=400).total_seconds())
    assert (await queries.radar(pair.assistant, pair.assistant_id)).platform_minor == 0
    await service.run_due()


async def test_the_page_and_the_api_do_the_same(client: httpx.AsyncClient) -> None:
    two = await make.pair()
    await accounts.log_in(client, two.camille)
    onward = await client.get("/fr/radar")
    assert onward.headers["location"] == f"/fr/radar/{two.assistant.id}"
    page = (await client.get(onward.headers["location"])).text
    assert "37\u202f500" in page.replace("\u00a0", "\u202f")
    form = {"year": str(clock.today().year), "amount": "33 100,50"}
    answer = await client.post(f"/fr/radar/{two.assistant.id}/declared", data=form)
    assert answer.status_code == 303
    page = (await client.get(onward.headers["location"])).text
    assert "80 % atteints" in page.replace("\u00a0", " ")
    assert 'value="33100,50"' in page
    said = (await client.get(f"/api/v1/radar/{two.assistant.id}")).json()
    assert (said["declared_minor"], said["total_minor"]) == (33_100_50, 33_100_50)
    assert [each["level"] for each in said["limits"]] == [80, 80, 0]
    path = f"/api/v1/radar/{two.assistant.id}/declared"
    for wrong in ("-5", "abc", "1,234", ""):
        body = {"year": clock.today().year, "amount": wrong}
        refused = await client.put(path, json=body)
        assert refused.status_code == 422, wrong
        assert {each["field"] for each in refused.json()["errors"]} == {"amount"}
    early = await client.put(path, json={"year": clock.today().year - 2, "amount": "1"})
    assert {each["field"] for each in early.json()["errors"]} == {"year"}
    bad = await client.post(
        f"/fr/radar/{two.assistant.id}/declared", data={**form, "amount": "douze"}
    )
    assert bad.status_code == 422
    assert 'value="douze"' in bad.text


async def test_nobody_else_sees_a_turnover(client: httpx.AsyncClient) -> None:
    two = await make.pair()
    with pytest.raises(NotFound):
        await queries.radar(await two.as_business(), two.assistant.id)
    with pytest.raises(NotFound):
        await queries.radar(await two.as_business(), two.business.id)
    await accounts.log_in(client, two.claire)
    assert (await client.get(f"/fr/radar/{two.assistant.id}")).status_code == 404
    assert (await client.get(f"/api/v1/radar/{two.assistant.id}")).status_code == 404


async def test_places_without_known_limits_have_a_page_too(client: httpx.AsyncClient) -> None:
    owner = await accounts.person()
    party = await people.party(
        owner, jurisdiction="US", tax_status="no_vat", subdivision="US-TX", registration_number=""
    )
    found = await queries.radar(await people.viewer(owner), party.id)
    assert (found.currency, found.watched, found.ends_on) == ("USD", (), None)
    await accounts.log_in(client, owner)
    assert (await client.get(f"/en/radar/{party.id}")).status_code == 200
    with pytest.raises(Invalid):
        draft = DeclaredDraft(year=2020, amount="1")
        await service.declare(await people.viewer(owner), party.id, draft)


def test_amounts_of_any_currency_are_read_and_written_back() -> None:
    for text, currency, minor in (
        ("12 000,5", "EUR", 1_200_050), ("50000", "XOF", 50_000), ("1,234", "TND", 1_234),
        ("20,50", "INR", 2_050),
    ):  # fmt: skip
        assert jurisdictions.amount_read(text, currency) == minor
        typed = jurisdictions.amount_typed(minor, currency, "fr")
        assert jurisdictions.amount_read(typed, currency) == minor
    for text, currency in (
        ("1,5", "XOF"), ("1,2345", "TND"), ("", "EUR"), ("x", "EUR"),
        ("37,500", "EUR"), ("12.000", "EUR"), ("50,000", "XOF"), ("85,000", "INR"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="amount"):
            jurisdictions.amount_read(text, currency)
