"""Owns what the demo's first business keeps: a shortlist, one to score without names, a search."""

from __future__ import annotations

from marketplace.accounts.models import Person
from marketplace.core import once
from marketplace.demo.rules import LOGINS
from marketplace.demo.service.people import acting
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.states import Status
from marketplace.saved_searches import service as searches
from marketplace.saved_searches.rules import Rhythm
from marketplace.saved_searches.schemas import SearchDraft
from marketplace.shortlists import queries, service
from marketplace.shortlists.schemas import BlindDraft, KeepDraft, ListDraft

DONE = "demo shortlists"
NOTE = "Très claire au téléphone, disponible dès lundi. À rappeler pour le tarif du samedi."


async def fill() -> None:
    """Write them once; what the person deletes stays deleted."""
    if await once.is_done(DONE):
        return
    person = await Person.get(email=LOGINS[0][1])
    viewer = await acting(person.id)
    team = queries.only_business(viewer)
    kept = await service.create(viewer, ListDraft(name="Standard téléphonique", party=team))
    for number, slug in enumerate(await _slugs("virtual-receptionist", 4)):
        _list, entry = await service.keep(viewer, KeepDraft(slug=slug, shortlist=kept.id))
        if not number:
            await service.note(viewer, kept.id, entry.id, NOTE)
    drawn = ListDraft(name="Facturation, sans les noms", party=team)
    blind = await service.create(viewer, drawn)
    for slug in await _slugs("invoicing", 3):
        await service.keep(viewer, KeepDraft(slug=slug, shortlist=blind.id))
    criteria = ["Maîtrise de nos outils", "Clarté de l’écrit", "Horaires adaptés"]
    await service.open_blind(viewer, blind.id, BlindDraft(criteria=criteria))
    draft = SearchDraft(
        name="Facturation en France", query="skill=invoicing&country=FR", rhythm=Rhythm.DAILY
    )
    await searches.save(viewer, draft)
    await once.mark_done(DONE)


async def _slugs(skill: str, count: int) -> list[str]:
    found = Profile.filter(status=Status.PUBLISHED, skills__code=skill).order_by("id").limit(count)
    return [str(slug) for slug in await found.values_list("slug", flat=True)]
