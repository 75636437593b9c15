"""Owns what pages about this site say of it: fees, operator, the host's words; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marketplace.core.i18n import format_number, gettext, ngettext
from marketplace.core.settings import settings
from marketplace.home.rules import FEES, blocks
from marketplace.invoicing.queries import identities
from marketplace.jurisdictions import queries as jurisdictions

if TYPE_CHECKING:
    from marketplace.home.rules import Block


@dataclass(frozen=True)
class Fees:
    """What the marketplace keeps of each side, as sentences; `client_rate` as "5 %"."""

    client: str
    assistant: str
    tip: str
    client_rate: str
    assistant_rate: str


def fees(locale: str) -> Fees:
    """The fees of new contracts, from the settings."""
    chosen = settings()
    bps = (chosen.client_fee_bps, chosen.assistant_fee_bps, chosen.tip_fee_bps)
    client, assistant, tip = (
        gettext(text if each else without, locale) % {"rate": _rate(each, locale)}
        for each, (text, without) in zip(bps, FEES, strict=True)
    )
    return Fees(client, assistant, tip, _rate(bps[0], locale), _rate(bps[1], locale))


def _rate(bps: int, locale: str) -> str:
    number = format_number(bps / 100, locale, 0 if bps % 100 == 0 else 2)
    return f"{number}\N{NO-BREAK SPACE}%" if locale == "fr" else f"{number}%"


def hold(locale: str) -> str:
    """How the first payments of an assistant wait; "" where they do not."""
    chosen = settings()
    if not chosen.security_hold_days or not chosen.security_hold_releases:
        return ""
    return ngettext(
        "The first payment of an assistant is transferred %(days)s days after approval.",
        "The first %(num)s payments of an assistant are transferred %(days)s days after approval.",
        chosen.security_hold_releases,
        locale,
        days=chosen.security_hold_days,
    )


def about(locale: str) -> dict[str, Any]:
    """Who runs this site and how to reach them, for the pages that the law asks for."""
    chosen, operator = settings(), identities.operator()
    forms = jurisdictions.legal_forms(operator.jurisdiction)
    form = next((each for each in forms if each.code == operator.legal_form), None)
    return {
        "operator": operator,
        "form": getattr(form, f"label_{locale}", ""),
        "contact": chosen.contact_email or parseaddr(chosen.mail_from)[1],
        "fees": fees(locale),
        "hold": hold(locale),
    }


def added(name: str, locale: str) -> list[Block]:
    """What the host wrote for this page in RELAIS_LEGAL_DIR, [] where they wrote nothing."""
    folder = settings().legal_dir
    path = Path(folder) / f"{name}.{locale}.txt"
    if not folder or not path.is_file():
        return []
    return blocks(path.read_text(encoding="utf-8"))
