"""Owns reading which papers a contract needs and how each of them stands; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Kind
from marketplace.contracts.rules.terms import HourlyTerms
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.vigilance import rules
from marketplace.vigilance.models import ComplianceCheck, ComplianceDocument, ComplianceNotice
from marketplace.vigilance.queries.committed import committed, dearest
from marketplace.vigilance.rules import RUNNING, Rule, State, Verdict
from search import rates

if TYPE_CHECKING:
    from datetime import date

    from marketplace.contracts.models import Contract
    from marketplace.web.sessions import Viewer

TOGETHER_DAYS = 365


@dataclass(frozen=True)
class Paper:
    """A paper of a contract: how it stands, the one that counts, and all there were, newest first.

    `checks` are what this contract's client said, newest first, each with its person. `called`:
    the contract calls for it, or did once: what was handed in is the client's to read and to prove.
    """

    rule: Rule
    state: State
    document: ComplianceDocument | None
    history: tuple[ComplianceDocument, ...]
    checks: tuple[ComplianceCheck, ...]
    called: bool

    @property
    def check(self) -> ComplianceCheck | None:
        """What the client last said of the one that counts."""
        return self.said_of(self.document) if self.document else None

    @property
    def newest(self) -> ComplianceDocument | None:
        """What was handed in last, where another one counts: it was refused, or ends earlier."""
        last = self.history[0] if self.history else None
        return last if last is not self.document else None

    def said_of(self, row: ComplianceDocument) -> ComplianceCheck | None:
        """What the client last said of one of them."""
        return _said_of(row, self.history, self.checks)

    def to_check(self, today: date) -> list[ComplianceDocument]:
        """What the client has said nothing of yet, of the one that counts and the newest."""
        if self.state is State.LATER:
            return []
        shown = [row for row in (self.document, self.newest) if row is not None]
        return [
            row
            for row in shown
            if self.said_of(row) is None and (row.valid_until is None or row.valid_until >= today)
        ]

    @property
    def owed(self) -> bool:
        """Whether the law asks for it for sure: both sides are reminded of it."""
        return self.rule.document.mandatory and self.rule.document.verified

    @property
    def stops(self) -> bool:
        """Whether new funding waits for it."""
        return bool(self.rule.document.gate) and self.state in rules.ABSENT

    @property
    def may_waive(self) -> bool:
        """Whether the client may go on without it."""
        return self.stops and self.rule.document.gate == "client_may_go_on"


async def of_contract(viewer: Viewer, contract_id: UUID) -> tuple[Contract, list[Paper]]:
    """A signed contract and its papers, for its two sides. Raises NotFound."""
    contract = await contracts.get(viewer, contract_id)
    if contract.signed_at is None:
        raise NotFound
    return contract, await papers(contract)


async def papers(contract: Contract) -> list[Paper]:
    """Every paper this pair exchanges, those that stop funding first.

    A contract that is over is read as of its end: whoever is asked years later what was obtained
    is asked for that. In one that runs, an amount counts as reached as soon as the next two weekly
    holds would reach it, so that both are told in time.
    """
    return await _papers(contract, await _ahead(contract))


async def standing_in_the_way(contract: Contract, more_minor: int = 0) -> Paper | None:
    """The paper for which new funding has to wait, if any.

    What is being asked for counts as such already; `more_minor` (before tax) is asked for next.
    """
    return next((each for each in await _papers(contract, more_minor) if each.stops), None)


async def _ahead(contract: Contract) -> int:
    """What the next holds of an hourly contract add, never less than one of them; else 0."""
    if contract.kind is not Kind.HOURLY or contract.status not in RUNNING:
        return 0
    terms = contracts.agreement(contract).terms
    assert isinstance(terms, HourlyTerms)
    monday = contracts.monday_of(clock.today(contract.time_zone))
    return max(rules.next_weeks(terms, monday), await dearest(contract.id))


async def asked(contract: Contract) -> tuple[Rule, ...]:
    """The rules of this pair, whatever the amount.

    Of the two as the signed text names them and as they are today: a side that saves another
    address ends nothing before both have signed a text that names it.
    """
    today = contracts.local_day(contract, read_at(contract))
    sides = (contract.business, contract.assistant)
    version = await contracts.current_version(contract)
    named = (version.parties["business"], version.parties["assistant"]) if version else ({}, {})
    signed = [
        _person(text.get("place") or party.jurisdiction, text.get("form") or party.legal_form)
        for text, party in zip(named, sides, strict=True)
    ]
    now = [_person(party.jurisdiction, party.legal_form) for party in sides]
    return rules.together(_between(signed, today), _between(now, today))


def _between(sides: list[rules.Person | None], today: date) -> tuple[Rule, ...]:
    business, assistant = sides
    return rules.asked(business, assistant, today) if business and assistant else ()


def _person(jurisdiction: str, legal_form: str) -> rules.Person | None:
    place = jurisdictions.find(jurisdiction)
    return rules.Person(place, legal_form) if place else None


def read_at(contract: Contract) -> datetime:
    """The moment as of which a contract's papers are read: now, or its end once it is over."""
    now = clock.now()
    return min(now, contract.ended_at) if contract.ended_at else now


@dataclass(frozen=True)
class _Known:
    """What is known of a contract's papers on the day as of which they are read."""

    totals: list[tuple[int, str]]
    handed: list[ComplianceDocument]
    said: list[ComplianceCheck]
    told: set[tuple[str, str]]
    today: date
    over: bool


async def _papers(contract: Contract, more_minor: int) -> list[Paper]:
    found = await asked(contract)
    if not found:
        return []
    said = await ComplianceCheck.filter(contract_id=contract.id).prefetch_related("person")
    said.sort(key=lambda each: (each.created_at, each.id), reverse=True)
    told = await ComplianceNotice.filter(contract_id=contract.id).values_list(
        "jurisdiction", "code"
    )
    known = _Known(
        totals=await _totals(contract, more_minor),
        handed=await documents(contract),
        said=said,
        told={(str(place), str(code)) for place, code in told},
        today=contracts.local_day(contract, read_at(contract)),
        over=contract.ended_at is not None,
    )
    return [_paper(rule, known) for rule in found]


async def _totals(contract: Contract, more_minor: int) -> list[tuple[int, str]]:
    """What the two signed with each other comes to, a contract each: splitting changes nothing.

    Contracts that had ended more than a year before no longer count, nor do those signed after.
    """
    at = read_at(contract)
    found = [(more_minor, contract.currency)]
    for each in await contracts.between(contract, at - timedelta(days=TOGETHER_DAYS)):
        if each.signed_at is not None and each.signed_at <= at:
            found.append((await committed(each.id), each.currency))
    return found


async def documents(contract: Contract) -> list[ComplianceDocument]:
    """The papers that count or counted in this contract, newest first."""
    rows = await ComplianceDocument.filter(party_id=contract.assistant_id).order_by("-created_at")
    first = contract.signed_at and contract.signed_at.astimezone(ZoneInfo(contract.time_zone))
    return [
        row
        for row in rows
        if (row.contract_id == contract.id or not row.for_contract)
        and (contract.ended_at is None or row.created_at <= contract.ended_at)
        and (first is None or row.valid_until is None or row.valid_until >= first.date())
    ]


def _paper(rule: Rule, known: _Known) -> Paper:
    history = tuple(row for row in known.handed if (row.jurisdiction, row.code) == rule.key)
    checks = tuple(each for each in known.said if (each.jurisdiction, each.code) == rule.key)

    def refused(row: ComplianceDocument) -> bool:
        check = _said_of(row, history, checks)
        return check is not None and check.verdict is Verdict.FAILED

    def rank(row: ComplianceDocument) -> tuple[bool, bool, int]:
        until = row.valid_until.toordinal() if row.valid_until else 10**7
        return until >= known.today.toordinal(), not refused(row), until

    best = max(history, key=rank, default=None)
    total = sum(_in(minor, currency, rule) for minor, currency in known.totals)
    due = rules.reached(total, rule.document.asked.from_minor)
    state = _state(best, known, refused=best is not None and refused(best)) if due else State.LATER
    if state in rules.ABSENT and rule.document.gate == "client_may_go_on":
        state = State.WAIVED if _goes_on(history, checks) else state
    called = due or bool(checks) or rule.key in known.told
    return Paper(rule, state, best, history, checks, called)


def _said_of(
    row: ComplianceDocument,
    history: tuple[ComplianceDocument, ...],
    checks: tuple[ComplianceCheck, ...],
) -> ComplianceCheck | None:
    """The client's last word on a paper: it holds when the same is handed in again elsewhere."""
    same = {each.id for each in history if each.words == row.words}
    return next((one for one in checks if one.document_id in same), None)


def _state(best: ComplianceDocument | None, known: _Known, *, refused: bool) -> State:
    if best is None:
        return State.MISSING
    if refused:
        return State.REFUSED
    state = rules.age(best.valid_until, known.today)
    return State.VALID if known.over and state is State.EXPIRING else state


def _goes_on(history: tuple[ComplianceDocument, ...], checks: tuple[ComplianceCheck, ...]) -> bool:
    """Whether going on without a paper is the client's last word, after the last paper came."""
    said = checks[0] if checks and checks[0].verdict is Verdict.WAIVED else None
    return said is not None and all(row.created_at < said.created_at for row in history)


def _in(minor: int, currency: str, rule: Rule) -> int:
    """An amount in the currency of the rule's threshold, by the reference rates at hand."""
    target = rule.place.currency
    if currency == target:
        return minor
    return rates.convert(minor, currency, target) if rates.known(currency) else minor
