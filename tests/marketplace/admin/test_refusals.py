"""What the payments refuse is said on the page of the act, in its language; nothing typed is lost."""

from __future__ import annotations

import httpx
import pytest

from marketplace.admin.models import OperatorAct
from marketplace.core import clock
from marketplace.work.models import Unit
from payments import escrow
from payments.models import Holding
from tests.factories import accounts, work
from tests.marketplace.admin.conftest import Scene

pytestmark = pytest.mark.usefixtures("stripe_sandbox")
REASON = "Ce dossier dure depuis trop longtemps"


@pytest.mark.parametrize(
    ("locale", "said"),
    [("fr", "gelés par une contestation"), ("en", "These funds are frozen by a bank dispute.")],
)
async def test_what_the_payments_refuse_is_said_beside_the_form(
    client: httpx.AsyncClient, scene: Scene, locale: str, said: str
) -> None:
    unit: Unit = await work.unit(scene.contract, position=2)
    clock.advance(escrow.limits().stop_days * 86_400)
    await Holding.filter(id=str(unit.id)).update(frozen_at=clock.now())
    await accounts.log_in(client, scene.operator)
    path = f"/{locale}/operator/held/{unit.id}"
    assert (await client.get(path)).status_code == 200
    answer = await client.post(f"{path}/renew", data={"reason": REASON})
    assert answer.status_code == 409
    assert said in answer.text
    form = answer.text.partition(f'action="{path}/renew"')[2].partition("</form>")[0]
    assert REASON in form
    assert await OperatorAct.all().count() == 0
