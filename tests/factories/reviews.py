"""Makes contracts that can be reviewed, and what their sides say of each other."""

from __future__ import annotations

from itertools import count

from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Actor
from marketplace.core import clock
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.states import Status
from marketplace.reviews import service
from marketplace.reviews.models import ContractReview
from marketplace.reviews.schemas import OfAssistantDraft, OfBusinessDraft
from marketplace.work.schemas import DeliveryDraft
from marketplace.work.service import deliveries
from tests.factories import work

DONE = DeliveryDraft.model_validate({"note": "All done."})
_numbers = count(1)


async def with_profile(people: work.Pair) -> Profile:
    """The assistant's published profile."""
    now = clock.now()
    return await Profile.create(
        party_id=people.assistant_id,
        slug=f"lea-roussel-{next(_numbers)}",
        status=Status.PUBLISHED,
        headline_fr="Assistante administrative",
        country="FR",
        created_at=now,
        updated_at=now,
        published_at=now,
    )


async def paid(people: work.Pair, price: int = 20000) -> Contract:
    """A project that is done, approved, paid and completed; its round opens with the jobs."""
    contract = await work.signed(people, work.project(price))
    await work.pay(contract)
    first = await work.unit(contract)
    await deliveries.submit(people.assistant, first.id, DONE)
    await deliveries.approve(people.business, first.id)
    await service.open_round(contract.id)
    return await Contract.get(pk=contract.id)


def of_assistant(*marks: int, send: bool = True, text: str = "Neat work.") -> OfAssistantDraft:
    """What a business says; `marks` are quality, communication, deadlines."""
    quality, communication, deadlines = marks or (5, 4, 3)
    return OfAssistantDraft(
        quality=quality, communication=communication, deadlines=deadlines,
        again=True, text=text, language="en", send=send,
    )  # fmt: skip


def of_business(*marks: int, send: bool = True, text: str = "Clear briefs.") -> OfBusinessDraft:
    """What an assistant says; `marks` are briefs, communication, payment."""
    briefs, communication, payment = marks or (4, 4, 5)
    return OfBusinessDraft(
        briefs=briefs, communication=communication, payment=payment,
        text=text, language="en", send=send,
    )  # fmt: skip


async def by_business(
    people: work.Pair, contract: Contract, *marks: int, send: bool = True
) -> ContractReview:
    """The business writes."""
    draft = of_assistant(*marks, send=send)
    return await service.write(people.business, contract.id, Actor.BUSINESS, draft)


async def by_assistant(
    people: work.Pair, contract: Contract, *marks: int, send: bool = True
) -> ContractReview:
    """The assistant writes."""
    draft = of_business(*marks, send=send)
    return await service.write(people.assistant, contract.id, Actor.ASSISTANT, draft)
