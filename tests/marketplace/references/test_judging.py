"""Operators take a reference down for a ground, with a reason both are told, and put it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketplace.accounts.rules import Scope
from marketplace.admin.models import OperatorAct
from marketplace.profiles.models import ProfileProof
from marketplace.references.models import ClientReference
from marketplace.references.rules.links import Purpose
from tests.factories import accounts, admin
from tests.factories import parties as make
from tests.factories import references as refs

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("client")
WHY = {"reason": "Le nom d’un tiers", "ground": "personal_data"}
GIVER = "ana@judged.example"


async def test_taken_down_it_is_neither_shown_nor_counted_and_both_are_told(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await accounts.person()
    profile = await make.profile(who)
    row = await refs.given(who, GIVER)
    await refs.given(who, "tom@other.example", text="Parfait.")
    assert await ProfileProof.exists(proof="references")
    one = f"/fr/operator/references/{row.id}"
    await accounts.log_in(client, who)
    for address in (one, "/fr/operator/references"):
        assert (await client.get(address)).status_code in {403, 404}
    assert (await client.post(f"{one}/take-down", data=WHY)).status_code in {403, 404}

    await accounts.log_in(client, await admin.operator())
    listed = await client.get(f"/fr/operator/references?assistant={profile.slug}")
    assert f"/fr/operator/references/{row.id}" in listed.text
    assert "Aucune référence" in (await client.get("/fr/operator/references?assistant=x")).text
    page = await client.get(one)
    assert "Elle a tenu notre accueil." in page.text
    assert GIVER not in page.text  # judging needs no address
    without = await client.post(f"{one}/take-down", data={"reason": "Le nom d’un tiers"})
    assert without.status_code == 422
    assert "Le nom d’un tiers" in without.text
    early = await client.post(f"{one}/put-back", data={"reason": "Nothing was done"})
    assert early.status_code == 409
    assert (await client.post(f"{one}/take-down", data=WHY)).status_code == 303
    assert (await client.post(f"{one}/take-down", data=WHY)).status_code == 409
    assert not await ProfileProof.exists(proof="references")
    await run_jobs()
    for to, said in ((GIVER, "Votre référence pour"), (who.email, "vous a donnée Ana Silva")):
        text = " ".join(accounts.text_of(accounts.mailbox(to)[-1]).split())
        assert said in text
        assert "Divulgation de données privées" in text
        assert "Le nom d’un tiers" in text
    link = accounts.link_in(accounts.mailbox(GIVER)[-1])
    client.cookies.clear()
    assert "Elle a tenu" not in (await client.get(f"/fr/assistants/{profile.slug}")).text
    own = await accounts.open_link(client, link)
    assert "Nous ne l’affichons plus" in own.text
    assert "Retirer ma référence" in own.text  # its giver can still remove it
    await accounts.log_in(client, who)
    mine = (await client.get("/fr/references")).text
    assert "Nous ne l’affichons plus" in mine
    assert "Divulgation de données privées" in mine

    await accounts.log_in(client, await admin.operator())
    back = await client.post(f"{one}/put-back", data={"reason": "Ce nom est le sien"})
    assert back.status_code == 303
    assert await ProfileProof.exists(proof="references")
    await run_jobs()
    for to in (GIVER, who.email):
        assert "de nouveau affichée" in str(accounts.mailbox(to)[-1]["Subject"])
    assert "Elle a tenu" in (await client.get(f"/fr/assistants/{profile.slug}")).text
    acts = await OperatorAct.all().order_by("id")
    assert [(act.act, act.before, act.after) for act in acts] == [
        ("take_down_reference", {"hidden": False}, {"hidden": True, "ground": "personal_data"}),
        ("put_back_reference", {"hidden": True}, {"hidden": False}),
    ]
    assert one in (await client.get("/fr/operator/log")).text


async def test_programs_do_the_same_and_a_removed_one_is_nobodys(
    client: httpx.AsyncClient,
) -> None:
    who = await accounts.person()
    await make.profile(who)
    row, waiting = await refs.given(who), await refs.asked(who, "tom@other.example")
    key = await admin.bearer(await admin.operator(), Scope.OPERATOR_READ, Scope.OPERATOR_WRITE)
    at = "/api/v1/operator/references"
    for nobody in (waiting.id, who.id):
        assert (await client.get(f"{at}/{nobody}", headers=key)).status_code == 404
        lost = await client.post(f"{at}/{nobody}/take-down", json=WHY, headers=key)
        assert lost.status_code == 404
    down = (await client.post(f"{at}/{row.id}/take-down", json=WHY, headers=key)).json()
    assert (down["taken_down_for"], down["company"]) == ("personal_data", "Silva Conseil")
    listed = (await client.get(at, headers=key)).json()
    assert [len(listed[name]) for name in ("taken_down", "newest")] == [1, 1]
    given = {"token": refs.link(row.id, Purpose.REMOVE)}
    shown = (await client.post("/api/v1/references/given", json=given)).json()
    assert shown["taken_down_for"] == "personal_data"
    reason = {"reason": "A mistake of ours"}
    back = await client.post(f"{at}/{row.id}/put-back", json=reason, headers=key)
    assert back.json()["taken_down_for"] == ""
    assert (await client.post("/api/v1/references/remove", json=given)).status_code == 200
    assert (await client.get(f"{at}/{row.id}", headers=key)).status_code == 404
    assert (await ClientReference.get(pk=row.id)).email == ""
