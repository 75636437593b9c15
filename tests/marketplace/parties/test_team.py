"""Who may own a party or sign for it: proven anew in a session, told to everyone concerned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Scope
from marketplace.core import clock
from marketplace.parties import queries as parties
from marketplace.parties.models import Membership, Party, PartyInvitation, SigningDelegation
from marketplace.parties.rules import Role
from tests.factories import accounts, admin
from tests.factories import parties as make

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

PROOF = {"password": accounts.PASSWORD}
SUBJECT = "The team of Durand Menuiserie has changed"


@dataclass
class Team:
    """A business of two owners and a member."""

    party: Party
    owner: Person
    partner: Person
    sam: Person

    def member(self, who: Person) -> str:
        """The address of what is done to somebody."""
        return f"/parties/{self.party.id}/members/{who.id}"


@pytest.fixture
async def team(client: httpx.AsyncClient) -> Team:
    """The first owner is logged in."""
    owner = await accounts.person(name="Paul Durand", locale="en")
    partner = await accounts.person(name="Zoé Durand", locale="en")
    sam = await accounts.person(name="Sam Petit", locale="en")
    party = await make.party(owner, "business")
    for who, role in ((partner, Role.OWNER), (sam, Role.MEMBER)):
        await Membership.create(
            party_id=party.id, person_id=who.id, role=role, created_at=clock.now()
        )
    await accounts.log_in(client, owner)
    return Team(party, owner, partner, sam)


def _told(who: Person) -> list[str]:
    return [
        accounts.text_of(each) for each in accounts.mailbox(who.email) if each["Subject"] == SUBJECT
    ]


async def test_a_token_makes_no_owner_and_lets_nobody_sign(
    client: httpx.AsyncClient, team: Team
) -> None:
    client.cookies.clear()
    token = await admin.bearer(team.owner, Scope.PARTIES_WRITE)
    thief = {"email": "thief@evil.example"}
    grave = [
        ("POST", f"/parties/{team.party.id}/invitations", {**thief, "role": "owner", **PROOF}),
        ("PATCH", team.member(team.sam), {"role": "owner", **PROOF}),
        ("PATCH", team.member(team.partner), {"role": "member", **PROOF}),
        ("PUT", f"{team.member(team.sam)}/signing", {"capacity": "Head of all", **PROOF}),
        ("DELETE", team.member(team.partner), PROOF),
        ("DELETE", team.member(team.partner), None),
    ]
    for method, path, body in grave:
        refused = await client.request(method, f"/api/v1{path}", json=body, headers=token)
        assert refused.status_code == 403, (method, path, refused.text)
    assert await PartyInvitation.all().count() == 0
    assert await SigningDelegation.all().count() == 0
    assert await Membership.filter(party_id=team.party.id, role=Role.OWNER).count() == 2
    invited = f"/api/v1/parties/{team.party.id}/invitations"
    assert (await client.post(invited, json=thief, headers=token)).status_code == 201
    gone = await client.request("DELETE", f"/api/v1{team.member(team.sam)}", headers=token)
    assert gone.status_code == 204


async def test_a_session_alone_takes_no_business_over(
    client: httpx.AsyncClient, team: Team
) -> None:
    for proof in ({}, {"password": "not it at all"}):
        sent = [
            (f"/parties/{team.party.id}/invitations", {"email": "t@evil.example", "role": "owner"}),
            (f"{team.member(team.sam)}/role", {"role": "owner"}),
            (f"{team.member(team.sam)}/signing", {"capacity": "Head of all"}),
            (f"{team.member(team.partner)}/remove", {}),
            (f"{team.member(team.partner)}/role", {"role": "member"}),
        ]
        for path, form in sent:
            page = await client.post(f"/en{path}", data={**form, **proof})
            assert page.status_code == 422, (path, page.text)
            assert "not your current password" in page.text
            assert 'href="#f-password-' in page.text and "<details" in page.text
            assert form.get("capacity", "") in page.text, "what was typed is kept"
    assert await PartyInvitation.all().count() == 0
    assert await SigningDelegation.all().count() == 0
    assert await parties.role_of(team.partner.id, team.party.id) is Role.OWNER
    assert await parties.role_of(team.sam.id, team.party.id) is Role.MEMBER


async def test_everyone_concerned_hears_of_it(
    client: httpx.AsyncClient, run_jobs: RunJobs, team: Team
) -> None:
    everyone = (team.owner, team.partner, team.sam)
    form = {"capacity": "Head of operations", **PROOF}
    assert (await client.post(f"/en{team.member(team.sam)}/signing", data=form)).status_code == 303
    await run_jobs()
    for who in everyone:
        (text,) = _told(who)
        assert "Paul Durand allowed Sam Petit to sign" in text and "Head of operations" in text
    made = {"role": "owner", **PROOF}
    assert (await client.post(f"/en{team.member(team.sam)}/role", data=made)).status_code == 303
    await run_jobs()
    for who in everyone:
        assert "Paul Durand made Sam Petit an owner of Durand Menuiserie" in _told(who)[-1]
    gone = await client.post(f"/en{team.member(team.partner)}/remove", data=PROOF)
    assert gone.status_code == 303
    await run_jobs()
    for who in everyone:
        assert "Paul Durand removed Zoé Durand from the team" in _told(who)[-1]
    assert f"/en/parties/{team.party.id}/members" not in _told(team.partner)[-1]
    assert f"/en/parties/{team.party.id}/members" in _told(team.sam)[-1]


async def test_who_joins_is_announced_to_the_owners(
    client: httpx.AsyncClient, run_jobs: RunJobs, team: Team
) -> None:
    guest = await accounts.person(name="Ines Martin", locale="en")
    form = {"email": guest.email, "role": "owner", **PROOF}
    sent = await client.post(f"/en/parties/{team.party.id}/invitations", data=form)
    assert sent.status_code == 303, sent.text
    await run_jobs()
    token = accounts.link_in(accounts.mailbox(guest.email)[-1]).partition("token=")[2]
    await accounts.log_in(client, guest)
    assert (await client.post("/en/invitations", data={"token": token})).status_code == 303
    await run_jobs()
    for who in (team.owner, team.partner, guest):
        assert "Ines Martin now acts for Durand Menuiserie as an owner" in _told(who)[-1]
    assert _told(team.sam) == [], "members hear of themselves only"


async def test_what_a_leaving_owner_allowed_is_named(
    client: httpx.AsyncClient, run_jobs: RunJobs, team: Team
) -> None:
    form = {"capacity": "Head of operations", **PROOF}
    assert (await client.post(f"/en{team.member(team.sam)}/signing", data=form)).status_code == 303
    left = await client.post(f"/en{team.member(team.owner)}/remove", data=PROOF)
    assert left.headers["location"] == "/en/parties"
    await run_jobs()
    text = _told(team.partner)[-1]
    assert "Paul Durand has left the team" in text
    assert "they still may:" in text and "- Sam Petit (Head of operations)" in text
    assert await parties.delegation(team.sam.id, team.party.id) is not None


async def test_the_same_role_changes_nothing_and_an_unknown_one_is_refused(
    client: httpx.AsyncClient, run_jobs: RunJobs, team: Team
) -> None:
    form = {"capacity": "Head of operations", **PROOF}
    await client.post(f"/en{team.member(team.sam)}/signing", data=form)
    same = await client.patch(f"/api/v1{team.member(team.sam)}", json={"role": "member"})
    assert same.status_code == 204, same.text
    assert await parties.delegation(team.sam.id, team.party.id) is not None
    for wrong in ({}, {"role": ""}, {"role": "emperor"}):
        page = await client.post(f"/en{team.member(team.partner)}/role", data={**wrong, **PROOF})
        assert page.status_code == 422
        assert 'id="errors"' in page.text
    wrong_role = {"role": "emperor", **PROOF}
    answer = await client.patch(f"/api/v1{team.member(team.partner)}", json=wrong_role)
    assert answer.status_code == 422
    assert await parties.role_of(team.partner.id, team.party.id) is Role.OWNER
    made = {"role": "owner", **PROOF}
    assert (await client.patch(f"/api/v1{team.member(team.sam)}", json=made)).status_code == 204
    assert await parties.delegation(team.sam.id, team.party.id) is None, "an owner needs none"
    await run_jobs()
    assert len(_told(team.sam)) == 2
