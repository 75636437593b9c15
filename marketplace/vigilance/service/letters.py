"""Owns the mails about papers and signs, to each side in its language; never changes any state."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Actor
from marketplace.core import clock, mail
from marketplace.core.db import command
from marketplace.core.i18n import _, format_date, gettext
from marketplace.parties import queries as parties
from marketplace.vigilance import queries
from marketplace.vigilance.models import ComplianceCheck, ComplianceDocument
from marketplace.vigilance.rules import ABSENT, State

if TYPE_CHECKING:
    from marketplace.accounts.models import Person
    from marketplace.contracts.models import Contract
    from marketplace.jurisdictions.schemas import Document
    from marketplace.vigilance.events import PaperRefused, PapersWanted, SignsSeen
    from marketplace.vigilance.queries import Paper
    from marketplace.vigilance.rules import Sign

Named: TypeAlias = "list[tuple[Document, ComplianceDocument | None]]"
BUSINESS, ASSISTANT = "business", "assistant"
STILL = {
    "asked": ABSENT,
    "before": frozenset({State.EXPIRING}),
    "over": frozenset({State.EXPIRED}),
    "stopped": ABSENT,
}
"""How a paper still stands when its reminder is written."""
SUBJECTS = {
    "asked": _("A document is needed: %(title)s"),
    "check": _("A document to check: %(title)s"),
    "before": _("A document has to be renewed: %(title)s"),
    "over": _("A document is too old: %(title)s"),
    "stopped": _("Nothing can be held without a document: %(title)s"),
}
LINES = {
    ("asked", BUSINESS): _(
        "The law asks you to obtain from your assistant: %(documents)s. Your assistant has been "
        "asked, and we tell you once there is something to check."
    ),
    ("asked", ASSISTANT): _(
        "The law asks your client to obtain from you: %(documents)s. Please hand in what is "
        "missing on the contract’s Documents page."
    ),
    ("check", BUSINESS): _(
        "Your assistant handed in: %(documents)s. Please look at it, check it at its issuer "
        "and note that you did: the note proves your diligence later."
    ),
    ("before", BUSINESS): _(
        "Soon too old: %(documents)s. Your assistant has been asked for a new one."
    ),
    ("before", ASSISTANT): _(
        "Soon too old: %(documents)s. Please hand in a new one before, on the contract’s "
        "Documents page."
    ),
    ("over", BUSINESS): _("Too old: %(documents)s. Your assistant has been asked for a new one."),
    ("over", ASSISTANT): _(
        "Too old: %(documents)s. Please hand in a new one on the contract’s Documents page."
    ),
    ("stopped", BUSINESS): _(
        "The next payment was not taken from you, because this is missing, refused or too old: "
        "%(documents)s. It is taken by itself as soon as your assistant has handed it in."
    ),
    ("stopped", ASSISTANT): _(
        "The client’s next payment could not be held, because this is missing, refused or too "
        "old: %(documents)s. Hand it in on the contract’s Documents page; the payment then follows "
        "by itself. Until it is held, hours are not covered."
    ),
}
STOPS = _(
    "Without it, no new money can be held for this contract. Work that is done is paid as usual."
)
CLIENT_DECIDES = _("You may also go on without it, on the contract’s Documents page.")


@command
async def on_wanted(event: PapersWanted) -> None:
    """Both sides read what is needed, why and until when; nothing of what has come meanwhile."""
    contract = await contracts.by_id(event.contract_id)
    about = [p for p in await queries.papers(contract) if p.rule.document.code in event.codes]
    if event.stage == "check":
        await _ask_to_check(contract, about)
        return
    found = [paper for paper in about if paper.state in STILL[event.stage]]
    if not found:
        return
    gates = {paper.rule.document.gate for paper in found}
    for side in (BUSINESS, ASSISTANT):
        lines = [LINES[event.stage, side]]
        if gates - {None} and event.stage != "stopped":
            lines.append(STOPS)
        if "client_may_go_on" in gates and side == BUSINESS:
            lines.append(CLIENT_DECIDES)
        named = [(paper.rule.document, paper.document) for paper in found]
        await _write(contract, side, SUBJECTS[event.stage], lines, named)


async def _ask_to_check(contract: Contract, about: list[Paper]) -> None:
    """The client reads that papers are there to be checked."""
    today = clock.today(contract.time_zone)
    named: Named = [(each.rule.document, row) for each in about for row in each.to_check(today)]
    if named:
        await _write(contract, BUSINESS, SUBJECTS["check"], [LINES["check", BUSINESS]], named)


@command
async def on_refused(event: PaperRefused) -> None:
    """The assistant reads what is wrong with a paper."""
    contract = await contracts.by_id(event.contract_id)
    row = await ComplianceCheck.get(pk=event.check_id).prefetch_related("document")
    found = await _papers(contract, row.code)
    lines = [
        _("The client looked at a document and cannot accept it: %(documents)s. The reason: "
          "%(note)s. Please hand in another one on the contract’s Documents page."),
    ]  # fmt: skip
    if any(paper.stops for paper in found):
        lines.append(STOPS)
    subject = _("A document was not accepted: %(title)s")
    named = [(paper.rule.document, row.document) for paper in found]
    await _write(contract, ASSISTANT, subject, lines, named, row.note)


async def _papers(contract: Contract, code: str) -> list[Paper]:
    """The paper of this code, once this contract calls for it: nobody is told before."""
    found = await queries.papers(contract)
    return [p for p in found if p.rule.document.code == code and p.state is not State.LATER]


def _named(document: Document, row: ComplianceDocument | None, locale: str, *, until: bool) -> str:
    """A document with until when the one spoken of counts, or else with when it is asked."""
    if until and row is not None and row.valid_until is not None:
        said = gettext("until %(day)s", locale, day=format_date(row.valid_until, locale))
    else:
        said = document.when(locale)
    return f"{document.label(locale)} ({said})"


@command
async def on_signs(event: SignsSeen) -> None:
    """Each side reads what is new to see in the contract's life, and that nothing follows."""
    contract = await contracts.by_id(event.contract_id)
    for side, actor in ((BUSINESS, Actor.BUSINESS), (ASSISTANT, Actor.ASSISTANT)):
        found = [each.sign for each in await queries.of_side(contract, actor)]
        new = [sign for sign in found if sign.code in event.codes]
        if new:
            await _write_about(contract, side, new)


async def _write_about(contract: Contract, side: str, new: list[Sign]) -> None:
    line = _(
        "Something in how this contract is lived could make it look like employment: %(signs)s. "
        "It blocks nothing and nobody is penalised. The contract’s Work page says what was seen "
        "and what you can do."
    )
    for person in await _people(contract, side):
        titles = "; ".join(gettext(sign.title, person.locale) for sign in new)
        params = {"title": contract.title, "signs": titles}
        subject = gettext(_("Independence, worth a look: %(title)s"), person.locale, **params)
        said = gettext(line, person.locale, **params)
        await _mail(person, subject, said, f"/contracts/{contract.id}/work")


async def _write(
    contract: Contract,
    side: str,
    subject: str,
    lines: list[str],
    named: Named,
    note: str = "",
) -> None:
    dated = lines[0] != LINES["asked", side]
    for person in await _people(contract, side):
        params = {
            "title": contract.title,
            "documents": "; ".join(
                _named(document, row, person.locale, until=dated) for document, row in named
            ),
            "note": note.rstrip("."),
        }
        line = " ".join(gettext(line, person.locale, **params) for line in lines)
        said = gettext(subject, person.locale, **params)
        await _mail(person, said, line, f"/contracts/{contract.id}/documents")


async def _people(contract: Contract, side: str) -> list[Person]:
    party = contract.business_id if side == BUSINESS else contract.assistant_id
    return [member.person for member in await parties.people(party)]


async def _mail(person: Person, subject: str, line: str, path: str) -> None:
    await mail.send(
        "paper_news",
        to=person.email,
        locale=person.locale,
        name=person.name,
        subject=subject,
        line=line,
        path=path,
    )
