"""A running contract names a legal person: other details do not put another one in its place."""

from __future__ import annotations

import httpx
import pytest

from marketplace.contracts.models import Contract
from marketplace.contracts.rules.persons import Person, another
from marketplace.contracts.rules.states import Status
from marketplace.parties.models import Party
from tests.factories import accounts, work

FORM = {
    "kind": "assistant", "jurisdiction": "FR", "legal_form": "sole_trader",
    "legal_name": "Léa Roussel", "registration_number": "73282932000074",
    "tax_status": "franchise", "address_line1": "12 rue des Lilas", "postcode": "31000",
    "town": "Toulouse",
}  # fmt: skip
COMPANY = {"legal_form": "sarl", "representative_name": "Léa Roussel"}
OTHER = {"registration_number": "552 008 443"}


@pytest.mark.parametrize(
    ("named", "now", "field"),
    [
        (("FR", True, "732829320"), ("FR", True, "552008443"), "registration_number"),
        (("FR", True, "732829320"), ("FR", True, "73282932000074"), ""),
        (("FR", True, "732829320"), ("BE", True, "0403170701"), "registration_number"),
        (("FR", False, "732829320"), ("FR", True, "552008443"), "legal_form"),
        (("FR", False, "732829320"), ("FR", False, "552008443"), "registration_number"),
        (("FR", False, "732829320"), ("BE", False, "0403170701"), ""),
        (("DE", False, "12345"), ("DE", False, "54321"), ""),
        (("GB", True, ""), ("GB", True, "01234567"), ""),
        (("GB", True, "01234567"), ("GB", True, ""), "registration_number"),
    ],
)
def test_who_somebody_is(
    named: tuple[str, bool, str], now: tuple[str, bool, str], field: str
) -> None:
    assert another(Person(*named), Person(*now)) == field


@pytest.mark.usefixtures("stripe_sandbox", "application")
async def test_a_running_contract_keeps_its_legal_persons(client: httpx.AsyncClient) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20_000))
    await accounts.log_in(client, people.assistant.person)
    page = f"/fr/parties/{people.assistant_id}/edit"
    for change in (OTHER, COMPANY, OTHER | COMPANY):
        answer = await client.post(page, data=FORM | change)
        assert answer.status_code == 422, change
        assert f"Le contrat {contract.number} désigne une autre personne" in answer.text
        assert "12 rue des Lilas" in answer.text
    api = await client.put(f"/api/v1/parties/{people.assistant_id}", json=FORM | OTHER)
    assert [each["field"] for each in api.json()["errors"]] == ["registration_number"]
    assert (await Party.get(id=people.assistant_id)).address_line1 == ""
    assert (await client.post(page, data=FORM)).status_code == 303  # another address is no matter
    await Contract.filter(pk=contract.id).update(status=Status.COMPLETED)
    assert (await client.post(page, data=FORM | OTHER)).status_code == 303
