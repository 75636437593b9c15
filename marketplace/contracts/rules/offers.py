"""Owns when an offer may go out and how two versions differ; never reads a table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.contracts.rules.instalments import instalments
from marketplace.contracts.rules.states import Kind, Rail
from marketplace.contracts.rules.terms import PRICE_MIN_MINOR, Agreement, FlatFeeTerms, ProjectTerms
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _
from payments.money import HELD_CURRENCIES

# A message for each field that is wrong, with its parameters.
Problems = dict[str, str | tuple[str, dict[str, object]]]
# Funding whose latest release would pass this many days is refused.
HOLD_DAYS_MAX = 75
PART_MAX_MINOR = 700_000_00
"""With fees and VAT, below what Stripe takes in one payment (999,999.99)."""
NOT_YET = _("That changes once the contract runs.")


class OfferIncomplete(Invalid):
    """The draft cannot be sent yet; `errors` names what is missing."""

    message = _("This offer is not complete yet.")


class OfferExpired(Conflict):
    """The offer ran out before it was answered."""

    message = _("This offer has run out. Ask the business to send it again.")


class OwnOffer(Conflict):
    """A person offers a contract to a party they belong to."""

    message = _("You cannot make an offer to yourself.")


def trial_problems(
    kind: Kind, days: int, minutes: int, *, days_max: int, hours_max: int
) -> Problems:
    """What is wrong with a start-up phase, by field; the caps are the operator's."""
    found: Problems = {}
    if days > days_max:
        found["trial_days"] = (
            _("A start-up phase lasts %(days)s business days at most."),
            {"days": days_max},
        )
    if minutes and kind is not Kind.HOURLY:
        found["trial_minutes"] = _("Only a contract by the hour counts its start-up phase so.")
    elif minutes and not 60 <= minutes <= hours_max * 60:
        found["trial_minutes"] = (
            _("A start-up phase has between 1 and %(hours)s hours."),
            {"hours": hours_max},
        )
    elif minutes and not days:
        found["trial_days"] = _("Say how many business days these hours may take.")
    return found


def _changed_already(agreement: Agreement) -> Problems:
    """What only a running contract has, and where its first week lies."""
    terms = agreement.terms
    if isinstance(terms, ProjectTerms):
        numbered = terms.last_part or any(each.part for each in terms.milestones)
        return {"milestones": NOT_YET} if numbered else {}
    if isinstance(terms, FlatFeeTerms):
        return {"prices": NOT_YET} if terms.prices or terms.sizes else {}
    if terms.raises or terms.rates:
        return {"raises": NOT_YET}
    if terms.first_week + timedelta(days=6) < agreement.starts_on:
        return {"first_week": _("The first week lies before the start of the contract.")}
    if agreement.ends_on is not None and terms.first_week > agreement.ends_on:
        return {"first_week": _("The first week lies after the end of the contract.")}
    return {}


def problems(
    agreement: Agreement,
    today: date,
    hold_days_max: int = HOLD_DAYS_MAX,
    currencies: Collection[str] = HELD_CURRENCIES,
) -> Problems:
    """What keeps this agreement from being sent, by field; empty when nothing does.

    No part may have to be held for `hold_days_max` days, the security hold included: on the day it
    is funded it would be refused (work.rules.latest_release). `currencies`: those in which funds
    are held.
    """
    found: Problems = {}
    if agreement.starts_on < today:
        found["starts_on"] = _("Choose a start that is not in the past.")
    found |= _changed_already(agreement) | misplaced(agreement)
    if agreement.rail is Rail.HELD and agreement.currency not in currencies:
        found["currency"] = (
            _("Payments in this currency cannot be held. Choose among: %(held)s."),
            {"held": ", ".join(currencies)},
        )
    return found | held_too_long(agreement, hold_days_max) | unpayable(agreement)


def unpayable(agreement: Agreement) -> Problems:
    """The first part that no card could pay: a share of a period of some cents, or millions.

    https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
    """
    for part in instalments(agreement) if agreement.rail is Rail.HELD else ():
        if part.price_minor < PRICE_MIN_MINOR:
            message = _(
                "Part %(position)s would cost too little to be paid. Begin with the next period, "
                "or write a higher price."
            )
            return {"terms": (message, {"position": part.position})}
        if part.price_minor > PART_MAX_MINOR:
            message = _("Part %(position)s is more than one payment can be. Split it.")
            return {"terms": (message, {"position": part.position})}
    return {}


def held_too_long(agreement: Agreement, hold_days_max: int) -> Problems:
    """The first part whose funds would have to be held for `hold_days_max` days or more."""
    for part in instalments(agreement) if agreement.rail is Rail.HELD else ():
        # Counted to the end of the security hold, as when the part is funded.
        held_days = (part.paid_on - part.charged_on).days + agreement.clocks.hold_days
        if held_days >= hold_days_max:
            message = _(
                "Funds are held for %(days)s days at most. Split part %(position)s into "
                "shorter parts or bring its date forward."
            )
            return {"terms": (message, {"days": hold_days_max, "position": part.position})}
    return {}


def misplaced(agreement: Agreement) -> Problems:
    """What of the terms does not fit the dates or the way of paying."""
    found: Problems = {}
    terms = agreement.terms
    if isinstance(terms, ProjectTerms):
        if terms.milestones[0].due_on < agreement.starts_on:
            found["milestones"] = _("The first milestone is due before the start of the contract.")
        elif agreement.ends_on is not None and terms.milestones[-1].due_on > agreement.ends_on:
            found["milestones"] = _("The last milestone is due after the end of the contract.")
    if isinstance(terms, FlatFeeTerms) and terms.pack and agreement.rail is Rail.RECORDED:
        found["pack"] = _("A pack needs held funds, which are not possible with this assistant.")
    return found


@dataclass(frozen=True)
class Change:
    """One field that differs between two versions; values as JSON, None when absent."""

    field: str
    before: object
    after: object


def differences(before: Agreement, after: Agreement) -> tuple[Change, ...]:
    """Every field that differs, terms field by field, milestones one by one."""
    old, new = _flat(before), _flat(after)
    names = list(dict.fromkeys([*old, *new]))
    return tuple(
        Change(name, old.get(name), new.get(name))
        for name in names
        if old.get(name) != new.get(name)
    )


def _flat(agreement: Agreement) -> dict[str, object]:
    values: dict[str, object] = agreement.model_dump(
        mode="json", exclude={"terms", "fees", "clocks"}
    )
    terms = agreement.terms.model_dump(mode="json")
    terms.pop("last_part", None)
    for position, milestone in enumerate(terms.pop("milestones", ()), start=1):
        number = milestone.pop("part") or position
        for name, value in milestone.items():
            values[f"milestones.{number}.{name}"] = value
    values.update(terms)
    for name, value in agreement.fees.as_json().items():
        values[f"fees.{name}"] = value
    for name, value in agreement.clocks.model_dump().items():
        values[f"clocks.{name}"] = value
    return values
