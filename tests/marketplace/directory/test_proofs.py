"""What registers confirm is shown with its day and can be asked for; so can what is new to ask."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.ids import new_id
from marketplace.core.settings import settings
from marketplace.directory.rules import same_name
from marketplace.directory.service import exchange
from marketplace.jurisdictions.models import RegisterAnswer
from marketplace.jurisdictions.rules import Register, State
from marketplace.parties.events import PartyChanged, PartyChecked
from marketplace.parties.models import Party
from marketplace.profiles.models import Profile
from marketplace.profiles.service import publishing
from search import rates
from tests.marketplace.directory import people

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.fixtures.application import RunJobs

NUMBER = "FR40303265045"
DAILY = "<Cube time='2026-11-27'><Cube currency='CAD' rate='1.6'/></Cube>"


@pytest.mark.usefixtures("search_engine")
async def test_a_registers_proof_stands_on_the_profile_with_its_day_and_can_be_asked_for(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    proven = await people.publish("lea-roussel", name="Léa Roussel", skills=["payroll"])
    borrowed = await people.publish("tom-kay", skills=["payroll"])
    # Anybody can type somebody else's number: only whom the register names is proven.
    for one, name in ((proven, "Roussel SARL"), (borrowed, "Kay SARL")):
        await Party.filter(id=one.party_id).update(
            vat_number=NUMBER,
            legal_name=name,
            representative_name="Léa ROUSSEL" if one is proven else "Léa Kay",
        )
    await RegisterAnswer.create(
        id=new_id(),
        register=Register.VIES,
        number=NUMBER,
        state=State.VALID,
        said={},
        name="M ROUSSEL LÉA SARL",
        asked_at=clock.now(),
    )
    await run_jobs()
    found = (await client.get("/api/v1/assistants?verified=vat&skill=payroll&years=3")).json()
    today = clock.now().date().isoformat()
    assert [(one["slug"], one["verified_on"]) for one in found["hits"]] == [
        ("lea-roussel", [today])
    ]
    assert (await client.get("/api/v1/assistants?skill=payroll&years=5")).json()["total"] == 0
    shown = (await client.get("/api/v1/assistants/lea-roussel")).json()
    assert shown["verified"] == [{"proof": "vat", "on": today, "until": None}]
    page = (await client.get("/fr/assistants/lea-roussel")).text
    assert "confirmé par le registre public le" in page
    empty = (await client.get("/fr/assistants?skill=payroll&years=5&near=toulouse")).text
    assert "sans 5 ans de pratique ou plus" in empty
    assert "Cours de change approximatifs du 30 octobre 2026" in empty


@pytest.mark.parametrize(
    ("own", "register"),
    [
        ("Marie Dupont", "DUPONT MARIE ANNE"),
        ("Marie-Anne Dupont", "MME DUPONT MARIE"),
        ("Léa Roussel Secrétariat", "LEA ROUSSEL"),
        ("Studio Léa", "LEA ROUSSEL (STUDIO LEA)"),
        ("Acme SARL", "ACME FRANCE"),
        ("Li Wu", "WU LI"),
        ("Le Van", "LE VAN"),
    ],
)
def test_a_register_names_whoever_bears_all_words_of_a_name(own: str, register: str) -> None:
    assert same_name(own, register)
    assert same_name(register, own)


@pytest.mark.parametrize(
    ("own", "register"),
    [
        ("Marie Dupont", "MARIE LEROY"),
        ("Jean Martin", "ETABLISSEMENTS MARTIN ET FILS"),
        ("Assistante Plus", "PLUS HABITAT"),
        ("Claire Secrétariat", "SECRETARIAT EXPRESS SARL"),
        ("Anne de la Tour", "SCI DE LA TOUR"),
        ("Martin SARL", "MARTIN JEAN"),
        ("Marie Dupont", ""),
        ("", ""),
        ("SARL Services", "SERVICES SARL FRANCE"),
    ],
)
def test_one_word_in_common_is_no_name(own: str, register: str) -> None:
    assert not same_name(own, register)
    assert not same_name(register, own)


def test_the_command_keeps_the_banks_table_and_refuses_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAIS_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    daily = tmp_path / "daily.xml"
    daily.write_text(DAILY)
    try:
        status, lines = exchange.refresh(str(daily))
        assert (status, rates.as_of().isoformat()) == (0, "2026-11-27"), lines
        assert rates.convert(1000, "EUR", "CAD") == 1600
        assert exchange.refresh(str(tmp_path / "missing.xml"))[0] == exchange.USAGE
        daily.write_text("<html>maintenance</html>")
        assert exchange.refresh(str(daily))[0] == exchange.USAGE
        assert rates.as_of().isoformat() == "2026-11-27"
    finally:
        monkeypatch.undo()
        settings.cache_clear()
        rates.use(rates.DATA)


@pytest.mark.usefixtures("database")
async def test_what_a_register_finds_is_no_change_by_the_owner_and_lifts_no_rank() -> None:
    profile = await people.publish("lea-roussel")
    await Profile.filter(id=profile.id).update(updated_at=datetime(2025, 1, 5, tzinfo=UTC))
    before = await Profile.get(id=profile.id)

    async def after(event: PartyChanged | PartyChecked) -> Profile:
        async with transaction():
            await publishing.on_party_changed(event)
        return await Profile.get(id=profile.id)

    checked = await after(PartyChecked(profile.party_id))
    assert (checked.version, checked.updated_at) == (before.version + 1, before.updated_at)
    changed = await after(PartyChanged(profile.party_id))
    assert changed.version == checked.version + 1
    assert changed.updated_at > before.updated_at
