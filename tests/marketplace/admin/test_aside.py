"""A payout that can never leave: the operator decides with a reason, and the assistant reads it."""

from __future__ import annotations

import httpx
import pytest

from marketplace.accounts.rules import Scope
from marketplace.admin.models import OperatorAct
from marketplace.core.models import OutgoingMail
from marketplace.parties.models import Membership
from payments.models import Movement
from tests.factories import accounts
from tests.factories.admin import bearer
from tests.marketplace.admin.conftest import Scene

pytestmark = pytest.mark.usefixtures("stripe_sandbox")
WHY = "Stripe a fermé ce compte"


async def letters() -> list[OutgoingMail]:
    return await OutgoingMail.filter(template="payee_news").order_by("created_at")


async def test_it_is_set_aside_and_paid_another_way(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    movement = await scene.movement()
    at = f"/fr/operator/movements/{movement.id}"
    await accounts.log_in(client, scene.operator)
    assert (await client.post(f"{at}/set-aside", data={"reason": ""})).status_code == 422
    assert (await client.post(f"{at}/paid-by-hand", data={})).status_code == 422
    done = await client.post(f"{at}/set-aside", data={"reason": WHY})
    assert (done.status_code, done.headers["location"]) == (303, at)
    again = await client.post(f"{at}/set-aside", data={"reason": "une autre fois"})
    assert (again.status_code, "une autre fois" in again.text) == (409, True)
    page = (await client.get("/fr/operator")).text
    assert "Versements qui ne peuvent pas partir" in page
    typed = {"reason": "Payé ce matin", "reference": "VIR 2026-17"}
    unsure = await client.post(f"{at}/paid-by-hand", data=typed)
    assert (unsure.status_code, "VIR 2026-17" in unsure.text) == (422, True)
    assert unsure.text.count("Payé ce matin") == 1  # in its own form alone
    [mail] = await letters()
    assert "Stripe" in mail.subject
    assert WHY in mail.text

    theirs = f"/fr/payouts/{scene.contract.assistant_id}"
    member = await Membership.get(party_id=scene.contract.assistant_id).select_related("person")
    assistant = member.person
    await accounts.log_in(client, assistant)
    assert "en attente d’un autre moyen" in (await client.get(theirs)).text
    api = f"/api/v1/payouts/{scene.contract.assistant_id}"
    [kept] = (await client.get(api)).json()["aside"]
    assert kept["amount"]["minor"] == movement.amount_minor

    await accounts.log_in(client, scene.operator)
    paid = await client.post(f"{at}/paid-by-hand", data={**typed, "sure": "true"})
    assert paid.status_code == 303
    assert (await Movement.get(id=movement.id)).status == "paid_by_hand"
    assert (await client.post(f"{at}/put-back", data={"reason": "encore"})).status_code == 409
    assert [act.act for act in await OperatorAct.all().order_by("created_at")] == [
        "set_aside", "paid_by_hand"
    ]  # fmt: skip
    await accounts.log_in(client, assistant)
    page = (await client.get(theirs)).text
    assert "en attente d’un autre moyen" not in page
    assert "VIR 2026-17" in page


async def test_programs_give_it_back_to_the_client_who_hears_no_reason(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    movement = await scene.movement()
    token = await bearer(scene.operator, Scope.OPERATOR_READ, Scope.OPERATOR_WRITE)
    api = f"/api/v1/operator/movements/{movement.id}"
    early = await client.post(f"{api}/take-back", json={"reason": WHY, "sure": True}, headers=token)
    assert (early.status_code, early.json()["code"]) == (409, "not_stuck")
    aside = await client.post(f"{api}/set-aside", json={"reason": WHY}, headers=token)
    assert aside.json()["status"] == "set_aside"
    back = await client.post(f"{api}/take-back", json={"reason": WHY, "sure": True}, headers=token)
    assert back.json()["status"] == "withdrawn"
    again = await client.post(f"{api}/take-back", json={"reason": WHY, "sure": True}, headers=token)
    assert again.status_code == 409
    refund = await Movement.get(kind="refund")
    assert refund.amount_minor > movement.amount_minor  # with the fees of both
    _set_aside, *told = await letters()
    assert [WHY in mail.text for mail in told] == [True, False]
