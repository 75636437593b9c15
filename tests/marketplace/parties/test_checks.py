"""Numbers are asked of VIES and Sirene by job; answers are kept word for word and act."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from marketplace.core import clock
from marketplace.core.errors import RelaisError
from marketplace.directory.queries import projection
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions.models import RegisterAnswer
from marketplace.jurisdictions.queries import NumberState, State
from marketplace.parties import service
from marketplace.parties.models import Party
from marketplace.parties.service import checks
from marketplace.profiles import queries as profiles
from tests.factories import accounts, admin
from tests.factories import contracts as make
from tests.factories import parties as people
from tests.fixtures.application import RunJobs
from tests.fixtures.registers import AWAY, Registers

VAT = "FR40303265045"


def advance(time: timedelta) -> None:
    clock.advance(time.total_seconds())


async def test_an_answer_is_kept_as_evidence_and_shown(
    registers: Registers, client: httpx.AsyncClient, run_jobs: RunJobs, database: str
) -> None:
    registers.vat[VAT], registers.sirene[people.SIREN] = "DURAND MENUISERIE SAS", "A"
    owner = await accounts.person()
    party = await people.party(owner, "business")
    await accounts.log_in(client, owner)
    before = (await client.get(f"/fr/parties/{party.id}")).text
    assert "Pas encore vérifié" in before
    await run_jobs()
    rows = {row.register.value: row for row in await RegisterAnswer.all()}
    assert (rows["vies"].state, rows["vies"].name) == (State.VALID, "DURAND MENUISERIE SAS")
    assert rows["vies"].reference == "WAPIAAAAZ1", "our own number makes the question provable"
    assert rows["vies"].said["valid"] is True
    assert rows["sirene"].state is State.VALID
    assert registers.keys == ["a-key-of-ours"]
    page = (await client.get(f"/fr/parties/{party.id}")).text
    assert page.count("Confirmé") == 2
    assert "WAPIAAAAZ1" in page
    listed = (await client.get(f"/api/v1/parties/{party.id}/checks")).json()
    assert {each["state"] for each in listed} == {"valid"}
    known = await jurisdictions.tax_party(party)
    assert (known.number, known.proven) == (NumberState.VALID, True)
    assert known.evidence[0].startswith(f"vies {VAT} valid WAPIAAAAZ1 20")
    owner_connection = await asyncpg.connect(database)
    for statement in ("UPDATE register_answer SET state = 'invalid'", "DELETE FROM register_answer",
                      "TRUNCATE register_answer"):  # fmt: skip
        with pytest.raises(asyncpg.RestrictViolationError):
            await owner_connection.execute(statement)
    await owner_connection.close()


async def test_a_register_that_is_away_says_nothing_and_is_asked_again(
    registers: Registers, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    registers.vat[VAT], registers.sirene[people.SIREN] = AWAY, AWAY
    party = await people.party(await accounts.person(), "business")
    await run_jobs()
    assert {row.state for row in await RegisterAnswer.all()} == {State.UNKNOWN}
    known = await jurisdictions.tax_party(party)
    assert (known.number, known.proven) == (None, False), "nothing is held against anybody"
    await checks.run_due()
    assert len(registers.asked) == 2, "not before an hour"
    registers.vat[VAT], registers.sirene[people.SIREN] = "DURAND", "A"
    advance(timedelta(hours=1, minutes=1))
    await checks.run_due()
    assert (await jurisdictions.tax_party(party)).number is NumberState.VALID
    registers.vat[VAT] = AWAY
    advance(timedelta(days=31))
    await checks.run_due()
    assert (await jurisdictions.tax_party(party)).number is NumberState.VALID, "still believed"
    registers.vat[VAT] = None
    advance(timedelta(hours=1, minutes=1))
    await checks.run_due()
    assert (await jurisdictions.tax_party(party)).number is NumberState.INVALID


async def reach(profile_id: UUID) -> tuple[str, ...]:
    """What the index is told of whom the profile can contract with."""
    (known,), _gone = await projection.current([profile_id])
    return known.can_contract_with


async def test_a_refused_number_no_longer_counts_anywhere(
    registers: Registers, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    registers.vat[VAT] = "LEA ROUSSEL"
    registers.sirene[people.SIREN] = "A"
    lea = await accounts.person()
    profile = await people.profile(lea)
    await service.update(
        await people.viewer(lea), profile.party_id, people.party_draft(vat_number=VAT)
    )
    await run_jobs()
    whole = await profiles.whole(profile.id)
    assert "BE:business" in await reach(profile.id)
    before = whole.version
    registers.vat[VAT] = None
    advance(timedelta(days=31))
    await checks.run_due()
    again = await profiles.whole(profile.id)
    assert again.version > before, "the index learns of it"
    assert "BE:business" not in await reach(profile.id)
    assert "BE:consumer" in await reach(profile.id)
    operator = await admin.operator()
    await accounts.log_in(client, operator)
    page = (await client.get("/fr/operator/numbers")).text
    assert VAT in page
    assert "Inconnu du registre" in page
    (row,) = (await client.get("/api/v1/operator/numbers")).json()
    assert (row["state"], row["parties"]) == ("invalid", [str(profile.party_id)])


async def test_who_has_ceased_cannot_sign_until_the_register_says_otherwise(
    registers: Registers, application: object, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    two = await make.pair()
    await Party.filter(id=two.business.id).update(registration_number="73282932000074")
    registers.sirene["73282932000074"] = "F"
    await checks.check(str(two.business.id))
    offer = await make.sent(two)
    with pytest.raises(RelaisError) as refused:
        await make.sign_as(two.camille, offer)
    assert refused.value.code == "party_inactive"
    await accounts.log_in(client, two.claire)
    page = (await client.get(f"/fr/parties/{two.business.id}")).text
    assert "Inactif" in page
    answer = await client.post(f"/fr/parties/{two.business.id}/checks")
    assert answer.status_code == 303
    registers.sirene["73282932000074"] = "A"
    advance(timedelta(minutes=3))
    await run_jobs()
    await make.sign_as(two.camille, offer)


async def test_nobody_is_asked_where_the_setting_is_empty(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    owner = await accounts.person()
    party = await people.party(owner, "business")
    await run_jobs()
    assert await RegisterAnswer.all().count() == 0
    await accounts.log_in(client, owner)
    page = (await client.get(f"/fr/parties/{party.id}")).text
    assert "Seuls la forme et les chiffres de contrôle" in page
    assert "Vérifier à nouveau" not in page


async def test_a_stranger_neither_reads_nor_asks(client: httpx.AsyncClient) -> None:
    party = await people.party(await accounts.person(), "business")
    await accounts.log_in(client, await accounts.person())
    assert (await client.get(f"/api/v1/parties/{party.id}/checks")).status_code == 404
    assert (await client.post(f"/api/v1/parties/{party.id}/checks")).status_code == 404
