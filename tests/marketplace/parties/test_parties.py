"""Parties through HTTP: created in one form, checked beside the field, private to their team."""

import asyncio

import httpx
import pytest

from marketplace.accounts.schemas import ProofDraft
from marketplace.core import clock
from marketplace.parties import queries as parties
from marketplace.parties import service
from marketplace.parties.models import Membership, Party, PartyInvitation
from marketplace.parties.rules import LastOwner, OwnersOnly, Role
from marketplace.parties.schemas import InvitationDraft, RoleDraft
from tests.factories import accounts
from tests.factories import parties as make
from tests.fixtures.application import RunJobs

SOLE_TRADER = {
    "kind": "assistant",
    "jurisdiction": "FR",
    "legal_form": "sole_trader",
    "legal_name": "Léa Roussel",
    "registration_number": "552 008 443",
    "tax_status": "franchise",
    "address_line1": "12 rue des Lilas",
    "postcode": "31000",
    "town": "Toulouse",
}


async def test_a_sole_trader_is_described_in_one_form(client: httpx.AsyncClient) -> None:
    lea = await accounts.person()
    await accounts.log_in(client, lea)
    page = await client.get("/fr/parties/new?kind=assistant")
    assert page.status_code == 200
    assert "Léa Roussel" in page.text, "the name is there already"
    answer = await client.post("/fr/parties/new", data=SOLE_TRADER)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == "/fr/profile"
    (membership,) = await parties.for_person(lea.id)
    party = membership.party
    assert (party.registration_number, party.display_name) == ("552008443", "Léa Roussel")
    assert (party.country, party.representative_name) == ("FR", "Léa Roussel")
    assert membership.role is Role.OWNER
    onward = await client.get("/fr/profile")
    assert onward.headers["location"].startswith("/fr/profiles/")


async def test_a_double_click_makes_one_party(client: httpx.AsyncClient) -> None:
    await accounts.log_in(client, await accounts.person())
    answers = await asyncio.gather(
        *(client.post("/fr/parties/new", data=SOLE_TRADER) for _ in range(3))
    )
    assert {each.status_code for each in answers} == {303}
    assert await Party.all().count() == 1
    assert await Membership.all().count() == 1


async def test_messages_stand_beside_the_fields_and_nothing_typed_is_lost(
    client: httpx.AsyncClient,
) -> None:
    await accounts.log_in(client, await accounts.person())
    wrong = {
        **SOLE_TRADER,
        "registration_number": "552 008 444",
        "town": "",
        "tax_status": "vat_registered",
    }
    answer = await client.post("/fr/parties/new", data=wrong)
    assert answer.status_code == 422
    assert 'id="f-registration_number-error"' in answer.text
    assert 'id="f-town-error"' in answer.text
    assert 'id="f-vat_number-error"' in answer.text, "who charges VAT has a number"
    assert 'value="552 008 444"' in answer.text
    assert await Party.all().count() == 0


async def test_another_country_asks_its_own_questions_and_keeps_what_was_typed(
    client: httpx.AsyncClient,
) -> None:
    await accounts.log_in(client, await accounts.person())
    shown = await client.post(
        "/fr/parties/new", data={**SOLE_TRADER, "jurisdiction": "CA", "show": "1"}
    )
    assert shown.status_code == 200
    assert "Petit fournisseur" in shown.text
    assert 'name="subdivision"' in shown.text
    assert 'value="Léa Roussel"' in shown.text
    assert await Party.all().count() == 0


async def test_answers_for_one_country_are_not_filed_as_those_of_another(
    client: httpx.AsyncClient,
) -> None:
    await accounts.log_in(client, await accounts.person())
    form = (await client.get("/fr/parties/new?kind=assistant")).text
    assert '<input type="hidden" name="drawn_for" value="FR">' in form
    typed = {**SOLE_TRADER, "drawn_for": "FR", "jurisdiction": "BE"}
    shown = await client.post("/fr/parties/new", data=typed)
    assert (shown.status_code, await Party.all().count()) == (200, 0)
    assert "Les questions sont maintenant celles de ce pays" in shown.text
    assert '<input type="hidden" name="drawn_for" value="BE">' in shown.text
    assert 'value="Léa Roussel"' in shown.text
    await client.post("/fr/parties/new", data={**SOLE_TRADER, "drawn_for": "FR"})
    party = await Party.get()
    edited = await client.post(f"/fr/parties/{party.id}/edit", data=typed)
    assert (edited.status_code, (await Party.get()).jurisdiction) == (200, "FR")


async def test_an_exporter_of_india_gives_the_number_of_its_undertaking(
    client: httpx.AsyncClient,
) -> None:
    await accounts.log_in(client, await accounts.person())
    india = {
        **SOLE_TRADER, "jurisdiction": "IN", "registration_number": "ACUPA7085R", "postcode": "400001",
        "tax_status": "lut", "vat_number": "27AAPFU0939F1ZV", "town": "Mumbai",
    }  # fmt: skip
    wrong = india | {"lut_number": "AD27", "sac_code": "1234"}
    refused = await client.post("/fr/parties/new", data=wrong)
    assert refused.status_code == 422
    assert "Un numéro de LUT (ARN) compte 8 à 24 lettres et chiffres" in refused.text
    assert "Un code SAC a quatre ou six chiffres" in refused.text
    assert 'value="AD27"' in refused.text
    long = await client.post("/fr/parties/new", data=india | {"lut_number": "A" * 25})
    assert (long.status_code, 'href="#f-lut_number"' in long.text) == (422, True)
    given = india | {"lut_number": "ad270326012345x", "sac_code": "99 85"}
    assert (await client.post("/fr/parties/new", data=given)).status_code == 303
    party = await Party.get()
    assert (party.lut_number, party.sac_code) == ("AD270326012345X", "9985")
    by_hand = given | {"lut_number": "LUT/2026-27/118"}
    assert (await client.post(f"/fr/parties/{party.id}/edit", data=by_hand)).status_code == 303
    assert (await Party.get()).lut_number == "LUT/202627/118"
    elsewhere = await client.post("/fr/parties/new", data=SOLE_TRADER | {"sac_code": "9985"})
    assert elsewhere.status_code == 422


async def test_quebec_has_a_tax_number_of_its_own(client: httpx.AsyncClient) -> None:
    await accounts.log_in(client, await accounts.person())
    quebec = {
        **SOLE_TRADER, "jurisdiction": "CA-QC", "registration_number": "",
        "tax_status": "registered", "vat_number": "12302 6635 RT 0001", "qst_number": "12 TQ 1",
        "postcode": "H2X 1Y4",
    }  # fmt: skip
    for wrong in ("12 TQ 1", "\u0661234567890 TQ 0001", "1234567890 TQ 000\u0661"):
        refused = await client.post("/fr/parties/new", data=quebec | {"qst_number": wrong})
        assert refused.status_code == 422, wrong
        assert "Un numéro de TVQ ressemble à 1234567890 TQ 0001." in refused.text
    given = quebec | {"qst_number": "1234567890 tq 0001"}
    shown = await client.post("/fr/parties/new", data=given)
    party = await Party.get()
    assert (shown.status_code, party.qst_number) == (303, "1234567890TQ0001")
    assert "1234567890TQ0001" in (await client.get(f"/fr/parties/{party.id}")).text
    french = await client.post("/fr/parties/new", data=SOLE_TRADER | {"qst_number": "1" * 10})
    assert french.status_code == 422


async def test_a_company_names_who_signs(client: httpx.AsyncClient) -> None:
    await accounts.log_in(client, await accounts.person())
    company = {
        **SOLE_TRADER,
        "kind": "business",
        "legal_form": "sas",
        "tax_status": "vat_registered",
        "vat_number": "FR 40 303 265 045",
    }
    refused = await client.post("/en/parties/new", data=company)
    assert refused.status_code == 422
    assert 'id="f-representative_name-error"' in refused.text
    answer = await client.post(
        "/en/parties/new",
        data={**company, "representative_name": "Paul Durand", "representative_title": "Manager"},
    )
    party = await Party.get()
    assert answer.headers["location"] == f"/en/parties/{party.id}"
    assert party.vat_number == "FR40303265045"
    page = await client.get(answer.headers["location"])
    assert "552008443" in page.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"jurisdiction": "XX"}, "jurisdiction"),
        ({"legal_form": "gmbh"}, "legal_form"),
        ({"tax_status": "kor"}, "tax_status"),
        ({"jurisdiction": "CA", "tax_status": "small_supplier"}, "subdivision"),
        ({"registration_number": ""}, "registration_number"),
        ({"vat_number": "FR1"}, "vat_number"),
        ({"address_line1": ""}, "address_line1"),
        ({"postcode": ""}, "postcode"),
        ({"postcode": "ABC99"}, "postcode"),
        ({"postcode": "1"}, "postcode"),
    ],
)
async def test_the_api_refuses_with_the_name_of_the_field(
    client: httpx.AsyncClient, changes: dict[str, str], field: str
) -> None:
    await accounts.log_in(client, await accounts.person())
    answer = await client.post("/api/v1/parties", json={**SOLE_TRADER, **changes})
    assert answer.status_code == 422, answer.text
    assert field in {each["field"] for each in answer.json()["errors"]}


async def test_a_personal_number_is_not_asked_where_the_register_has_none(
    client: httpx.AsyncClient,
) -> None:
    await accounts.log_in(client, await accounts.person())
    british = {
        **SOLE_TRADER,
        "jurisdiction": "GB",
        "tax_status": "unregistered",
        "registration_number": "",
        "postcode": " sw1a  1aa",
    }
    answer = await client.post("/api/v1/parties", json=british)
    assert answer.status_code == 201, answer.text
    assert answer.json()["postcode"] == "SW1A 1AA"


async def test_another_persons_party_does_not_exist(client: httpx.AsyncClient) -> None:
    party = await make.party(await accounts.person())
    await accounts.log_in(client, await accounts.person())
    for path in ("", "/edit", "/members"):
        assert (await client.get(f"/fr/parties/{party.id}{path}")).status_code == 404
    assert (await client.post(f"/fr/parties/{party.id}/edit", data=SOLE_TRADER)).status_code == 404
    base = f"/api/v1/parties/{party.id}"
    assert (await client.get(base)).status_code == 404
    assert (await client.put(base, json=SOLE_TRADER)).status_code == 404
    assert (await client.get(f"{base}/members")).status_code == 404
    invited = await client.post(f"{base}/invitations", json={"email": "x@relais.example"})
    assert invited.status_code == 404
    assert (await client.get("/api/v1/parties")).json() == []


async def test_nobody_reaches_parties_without_logging_in(client: httpx.AsyncClient) -> None:
    assert (await client.get("/fr/parties")).status_code == 303
    assert (await client.get("/api/v1/parties")).status_code == 401


async def test_an_identity_is_changed_but_never_its_side(client: httpx.AsyncClient) -> None:
    lea = await accounts.person()
    party = await make.party(lea)
    await accounts.log_in(client, lea)
    page = await client.get(f"/fr/parties/{party.id}/edit")
    assert 'value="552008443"' in page.text
    saved = await client.post(
        f"/fr/parties/{party.id}/edit", data={**SOLE_TRADER, "display_name": "Léa assiste"}
    )
    assert saved.status_code == 303
    assert (await Party.get()).display_name == "Léa assiste"
    other_side = {**SOLE_TRADER, "kind": "business"}
    assert (await client.put(f"/api/v1/parties/{party.id}", json=other_side)).status_code == 409


async def test_an_invited_person_joins_with_the_invited_address_only(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    owner = await accounts.person()
    guest = await accounts.person(name="Ines Martin", email="ines@relais.example")
    stranger = await accounts.person()
    party = await make.party(owner, "business")
    await accounts.log_in(client, owner)
    page = f"/fr/parties/{party.id}"
    sent = await client.post(f"{page}/invitations", data={"email": "Ines@relais.example"})
    assert sent.status_code == 303, sent.text
    await run_jobs()
    link = accounts.link_in(accounts.mailbox("ines@relais.example")[-1])
    token, at = link.partition("token=")[2], "/fr/invitations"
    await accounts.log_in(client, stranger)
    assert (await client.post(at, data={"token": token})).status_code == 403
    client.cookies.clear()
    asked = await accounts.open_link(client, link)
    assert "?next=/fr/invitations" in asked.text  # logging in leads back to it, by the cookie
    client.cookies.clear()
    older = await client.get(f"{at}/{token}")  # as mails had it until links were opened by cookie
    assert (older.status_code, older.headers["location"]) == (303, at)
    assert older.headers["referrer-policy"] == "no-referrer"
    assert "Durand Menuiserie" in (await client.get(at)).text
    await accounts.log_in(client, guest)
    assert "Durand Menuiserie" in (await client.get(at)).text
    joined = await client.post(at, data={"token": token})
    assert joined.headers["location"] == page
    assert (await client.get(page)).status_code == 200
    assert (await client.get(at)).status_code == 404  # forgotten by this browser
    again = await client.post(at, data={"token": token})
    assert again.status_code == 409, "a link works once"
    told = (await client.post("/api/v1/invitations/open", json={"token": token})).json()
    assert (told["party"], told["open"]) == ("Durand Menuiserie", False)
    for body, status in (({"token": token}, 409), ({"token": "x"}, 404)):
        answer = await client.post("/api/v1/invitations/accept", json=body)
        assert answer.status_code == status
    assert (await client.get(f"{page}/edit")).status_code == 403, "a member does not edit"
    assert await parties.role_of(guest.id, party.id) is Role.MEMBER


async def test_who_is_invited_without_an_account_comes_back_to_the_invitation(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    owner = await accounts.person()
    party = await make.party(owner, "business")
    await accounts.log_in(client, owner)
    malformed = await client.post(f"/fr/parties/{party.id}/invitations", data={"email": "ines"})
    assert malformed.status_code == 422
    assert "Indiquez une adresse e-mail" in malformed.text and "valid email" not in malformed.text
    await client.post(f"/fr/parties/{party.id}/invitations", data={"email": "ines@relais.example"})
    await run_jobs()
    client.cookies.clear()
    link = accounts.link_in(accounts.mailbox("ines@relais.example")[-1])
    assert "/fr/sign-up?next=/fr/invitations" in (await accounts.open_link(client, link)).text
    kept = (await client.get("/fr/sign-up?next=/fr/invitations")).text
    assert 'name="next" value="/fr/invitations"' in kept
    assert "/fr/log-in?next=/fr/invitations" in kept
    form = {
        "name": "Ines Martin", "email": "ines@relais.example", "password": accounts.PASSWORD,
        "next": "/fr/invitations", "intent": "both",
    }  # fmt: skip
    weak = await client.post("/fr/sign-up", data={**form, "password": "password123"})
    assert 'name="next" value="/fr/invitations"' in weak.text
    await client.post("/fr/sign-up", data=form)
    await run_jobs()
    confirm = accounts.link_in(accounts.mailbox("ines@relais.example")[-1])
    token = {"token": confirm.partition("token=")[2], "password": accounts.PASSWORD}
    confirmed = await client.post("/fr/verify-email", data=token)
    assert confirmed.headers["location"] == "/fr/invitations"
    for page in ("/fr/parties", "/fr/parties/new", "/fr/parties/new?kind=business"):
        assert "agir pour Durand Menuiserie" in (await client.get(page)).text
    joined = await client.post("/fr/invitations", data={"token": link.partition("token=")[2]})
    assert joined.headers["location"] == f"/fr/parties/{party.id}"
    assert "agir pour" not in (await client.get("/fr/parties")).text


async def test_nobody_is_led_elsewhere_by_signing_up(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    form = {
        "name": "Ines Martin", "email": "ines@relais.example", "password": accounts.PASSWORD,
        "next": "//evil.example", "intent": "business",
    }  # fmt: skip
    await client.post("/fr/sign-up", data=form)
    await run_jobs()
    link = accounts.link_in(accounts.mailbox("ines@relais.example")[-1])
    token = {"token": link.partition("token=")[2], "password": accounts.PASSWORD}
    done = await client.post("/fr/verify-email", data=token)
    assert done.headers["location"] == "/fr/parties/new?kind=business"


async def test_the_only_owner_reads_why_they_cannot_leave(client: httpx.AsyncClient) -> None:
    owner = await accounts.person()
    party = await make.party(owner)
    await accounts.log_in(client, owner)
    page = f"/en/parties/{party.id}/members"
    shown = (await client.get(page)).text
    assert "The only owner" in shown
    assert f"/members/{owner.id}/remove" not in shown
    for path, data in (("remove", {}), ("role", {"role": "member"})):
        refused = await client.post(f"{page}/{owner.id}/{path}", data=data)
        assert refused.status_code == 409
        assert "name another owner first" in refused.text
        assert "has changed in the meantime" not in refused.text


async def test_an_invitation_can_be_withdrawn_and_expires(client: httpx.AsyncClient) -> None:
    owner = await accounts.person()
    party = await make.party(owner, "business")
    who = await make.viewer(owner)
    first = await service.invite(who, party.id, InvitationDraft(email="a@relais.example"))
    await service.invite(who, party.id, InvitationDraft(email="a@relais.example"))
    await first.refresh_from_db()
    assert first.revoked_at, "a second invitation replaces the first"
    await accounts.log_in(client, owner)
    team = (await client.get(f"/api/v1/parties/{party.id}/members")).json()
    (waiting,) = team["invitations"]
    gone = await client.delete(f"/api/v1/parties/{party.id}/invitations/{waiting['id']}")
    assert gone.status_code == 204
    await service.invite(who, party.id, InvitationDraft(email="b@relais.example"))
    clock.advance(15 * 86_400)
    assert await parties.open_invitations(who, party.id) == []
    assert await PartyInvitation.filter(accepted_at=None, revoked_at=None).count() == 1


async def test_a_party_keeps_an_owner(database: str) -> None:
    owner, other = await accounts.person(), await accounts.person()
    party = await make.party(owner)
    who = await make.viewer(owner)
    with pytest.raises(LastOwner):
        await service.remove_member(who, party.id, owner.id)
    with pytest.raises(LastOwner):
        await service.change_role(who, party.id, owner.id, RoleDraft(role=Role.MEMBER))
    await Membership.create(
        party_id=party.id, person_id=other.id, role=Role.MEMBER, created_at=clock.now()
    )
    with pytest.raises(OwnersOnly):
        await service.remove_member(await make.viewer(other), party.id, owner.id)
    made = RoleDraft(role=Role.OWNER, password=accounts.PASSWORD)
    await service.change_role(who, party.id, other.id, made)
    proof = ProofDraft(password=accounts.PASSWORD)
    await service.remove_member(who, party.id, owner.id, proof)
    assert await parties.for_person(owner.id) == []
    assert len(await parties.for_person(other.id)) == 1
