"""Owns the demo's reviews: both sides of a finished contract, through the product's own service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from marketplace.contracts.rules.states import Actor
from marketplace.reviews import service
from marketplace.reviews.schemas import OfAssistantDraft, OfBusinessDraft

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer

# Marks (quality, communication, deadlines), whether they would work together again, and the words.
OF_ASSISTANTS: Final = (
    (5, 5, 4, True, "fr", "Travail soigné, questions posées au bon moment. Un lot un peu juste."),
    (5, 4, 5, True, "en", "Clear, quick and on time. I hardly had to explain anything twice."),
    (4, 5, 5, True, "fr", "Toujours joignable, comptes rendus clairs chaque vendredi."),
    (3, 4, 2, False, "fr", "Bon contact, mais le second lot est arrivé quatre jours trop tard."),
    (5, 5, 5, True, "fr", "Tout était juste du premier coup."),
)  # fmt: skip
# Marks (briefs, communication, payment) and the words.
OF_BUSINESSES: Final = (
    (5, 5, 5, "fr", "Consignes précises et validation le jour même."),
    (4, 5, 4, "en", "Friendly and clear. Approval took a few days once."),
    (3, 4, 5, "fr", "Les consignes ont changé en cours de route, mais le paiement a été rapide."),
)


async def both(business: Viewer, assistant: Viewer, contract_id: UUID, number: int) -> None:
    """Each side reviews the other, so that both can be read at once."""
    await service.open_round(contract_id)
    quality, communication, deadlines, again, language, text = OF_ASSISTANTS[
        number % len(OF_ASSISTANTS)
    ]
    mine = OfAssistantDraft.model_validate(
        {
            "quality": quality, "communication": communication, "deadlines": deadlines,
            "again": again, "language": language, "text": text, "send": True,
        }
    )  # fmt: skip
    await service.write(business, contract_id, Actor.BUSINESS, mine)
    briefs, talk, payment, tongue, words = OF_BUSINESSES[number % len(OF_BUSINESSES)]
    theirs = OfBusinessDraft.model_validate(
        {
            "briefs": briefs, "communication": talk, "payment": payment,
            "language": tongue, "text": words, "send": True,
        }
    )  # fmt: skip
    await service.write(assistant, contract_id, Actor.ASSISTANT, theirs)
