"""Owns the demo's contracts: all three kinds in every state, made by the product's own services.

Each scenario is a list of steps; a contract whose steps were interrupted is left where it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from marketplace.contracts.rules.states import Kind
from marketplace.contracts.rules.terms import (
    FlatFeeTerms,
    HourlyTerms,
    PackUnit,
    Period,
    ProjectTerms,
    Unused,
)
from marketplace.contracts.service import drafting
from marketplace.core import clock, once
from marketplace.demo.rules import CONTRACTED, STAR, draw_assistant, vat_number, words
from marketplace.demo.service import money
from marketplace.demo.service.businesses import key
from marketplace.demo.service.cast import Cast
from marketplace.demo.service.people import acting
from marketplace.jurisdictions import queries as jurisdictions

# How far each contract of a kind goes; every state of a contract and of a unit is reached.
SCENARIOS: Final = (
    ("draft",),
    ("send",),
    ("send", "decline"),
    ("send", "withdraw"),
    ("send", "expire"),
    ("send", "counter"),
    ("send", "sign_business"),
    ("send", "sign_assistant"),
    ("send", "sign_both"),
    ("send", "sign_both", "fund"),
    ("send", "sign_both", "fund", "work"),
    ("send", "sign_both", "fund", "work", "submit"),
    ("send", "sign_both", "fund", "work", "submit", "changes"),
    ("send", "sign_both", "fund", "work", "submit", "approve"),
    ("send", "sign_both", "fund", "end"),
    ("send", "sign_both", "finish", "review"),
)
# Beside them: a pack of calls a month under way, a done project with a tip, and large projects of
# the demo's business whose assistant's certificate is checked, soon too old, and missing; one done
# project that both sides can still review, and some that they did.
MORE: Final = (
    (Kind.FLAT_FEE, ("send", "sign_both", "fund", "use")),
    (Kind.PROJECT, ("send", "sign_both", "finish", "tip", "review")),
    (Kind.PROJECT, ("large", "send", "sign_both", "certificate", "check", "fund")),
    (Kind.PROJECT, ("large", "send", "sign_both", "old_certificate", "fund")),
    (Kind.PROJECT, ("large", "send", "sign_both")),
    (Kind.PROJECT, ("send", "sign_both", "finish")),
    *((Kind.FLAT_FEE, ("send", "sign_both", "finish", "review")) for _ in range(4)),
)
LARGE_MINOR: Final = 280_000  # a first part that, with the second, calls for the certificate
KINDS: Final = (Kind.HOURLY, Kind.FLAT_FEE, Kind.PROJECT)


async def fill(progress: Callable[[int, int, str], None]) -> None:
    """Make every scenario of every kind that is not there yet."""
    plans = [(kind, steps) for steps in SCENARIOS for kind in KINDS] + list(MORE)
    assistants = _payable()
    for number, (kind, steps) in enumerate(plans):
        name = f"demo contract {number}"
        if not await once.is_done(name):
            await _play(number, kind, steps, assistants)
            await once.mark_done(name)
        progress(number + 1, len(plans), "Contracts")


def _payable() -> list[int]:
    """Numbers of drawn assistants who can be paid, the demo login's first."""
    found = [number for number in range(CONTRACTED) if _suits(number)]
    return sorted(found, key=lambda number: number != STAR)


def _suits(number: int) -> bool:
    sketch = draw_assistant(number)
    return jurisdictions.payable(sketch.jurisdiction) and sketch.currency == "EUR"


def _able(number: int, firm: dict[str, str], *, near: bool = False) -> bool:
    """Whether a drawn assistant can contract with a business: abroad in the EU by a VAT number.

    `near`: in the business's own jurisdiction alone.
    """
    sketch = draw_assistant(number)
    if near and sketch.jurisdiction != firm["jurisdiction"]:
        return False
    tokens = jurisdictions.contract_tokens(
        sketch.tax_status,
        sketch.jurisdiction,
        has_vat_number=bool(
            vat_number(sketch.jurisdiction, sketch.tax_status, sketch.registration)
        ),
    )
    return f"{firm['jurisdiction'][:2]}:business" in tokens


async def _play(number: int, kind: Kind, steps: tuple[str, ...], assistants: list[int]) -> None:
    firms = words("businesses")
    # The demo logins' own contracts come first in each list, so that they have something to do.
    large = "large" in steps
    firm = firms[0] if large or number % 5 in (0, 3) else firms[number % 12]
    first = 1 + 9 * (number % 5) if large else 0 if number % 4 == 0 else 1 + number % 40
    sketch = draw_assistant(next(one for one in assistants[first:] if _able(one, firm, near=large)))
    business = await acting(key("person", firm["name"]))
    assistant = await acting(sketch.key("person"))
    await money.ready(assistant, sketch.key("party"))
    jobs = [job for job in words("jobs") if job["kind"] == kind.value]
    job = jobs[number // len(KINDS) % len(jobs)]
    contract = await drafting.draft(
        business,
        business_id=key("party", firm["name"]),
        assistant_id=sketch.key("party"),
        kind=kind,
        language=job["language"],
    )
    periods = 1 if "finish" in steps else 2  # a later one is not handed in before it has begun
    rate_minor = LARGE_MINOR // 10 if large else sketch.rate_minor
    agreed = _agreement(kind, job, rate_minor, periods)
    if "use" in steps:
        agreed["terms"] = _pack(job, sketch.rate_minor)
        agreed["title"] = {"fr": "Pack d’appels du standard", "en": "Switchboard call pack"}[
            job["language"]
        ]
    await drafting.edit(business, contract.id, agreed)
    cast = Cast(business, assistant, contract.id, number)
    for step in steps:
        await getattr(cast, step)()


def _agreement(kind: Kind, job: dict[str, str], rate_minor: int, periods: int) -> dict[str, Any]:
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    terms: HourlyTerms | FlatFeeTerms | ProjectTerms
    if kind is Kind.HOURLY:
        terms = HourlyTerms(rate_minor=rate_minor, weekly_cap_minutes=600, first_week=monday)
    elif kind is Kind.FLAT_FEE:
        terms = FlatFeeTerms(
            price_minor=rate_minor * 12,
            period=Period.MONTH,
            periods=periods,
            includes=job["scope"],
        )
    else:
        terms = ProjectTerms.model_validate({"milestones": _milestones(job, rate_minor)})
    return {
        "title": job["title"],
        "scope": job["scope"],
        "starts_on": today,
        "ends_on": None if kind is not Kind.PROJECT else today + timedelta(days=60),
        "notice_days": 14,
        "trial_days": 10,
        "terms": terms,
    }


def _pack(job: dict[str, str], rate_minor: int) -> FlatFeeTerms:
    """A month of calls, of which some roll over and the others expire after two notices."""
    return FlatFeeTerms(
        price_minor=rate_minor * 10,
        period=Period.MONTH,
        periods=2,
        includes=job["scope"],
        pack=PackUnit.CALLS,
        pack_size=60,
        rollover_units=20,
        rollover_periods=1,
        unused=Unused.EXPIRE,
    )


def _milestones(job: dict[str, str], rate_minor: int) -> list[dict[str, Any]]:
    today = clock.today()
    names = {
        "fr": ("Premier lot", "Second lot", "Remis dans le dossier partagé", "Relu, sans erreur"),
        "en": ("First part", "Second part", "In the shared folder", "Proofread, no mistakes"),
    }[job["language"]]
    return [
        {
            "title": names[position],
            "price_minor": rate_minor * (10 + 4 * position),
            "due_on": today + timedelta(days=14 * (position + 1)),
            "criteria": [names[2], names[3]],
        }
        for position in (0, 1)
    ]
