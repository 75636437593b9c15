"""Owns the form of the French accounting export (FEC); never reads the books.

Source: article A. 47 A-1 of the Livre des procédures fiscales (arrêté of 29 July 2013), I to VII:
a flat file of 18 fields in this order, one line per leg, in the order of validation, the balances
carried over from the year before first; dates as AAAAMMJJ, decimals with a comma, characters of
ISO 8859-15, fields parted by tabs; named <SIREN>FEC<closing date>.txt. Accounts are those of the
plan comptable général (ANC regulation 2014-03), subdivided for us; an accountant should confirm
the subdivisions before the first filing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from marketplace.core.errors import Conflict
from marketplace.core.i18n import _

COLUMNS: Final = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
CURRENCY: Final = "EUR"
ENCODING: Final = "iso-8859-15"


@dataclass(frozen=True, slots=True)
class GeneralAccount:
    """An account of the plan comptable général; with `people` our code ends in whose it is."""

    number: str
    label: str
    people: str = ""


# Our chart of accounts (payments/ledger/chart.py) as the plan comptable général knows it. The
# longest code that begins ours counts.
CHART: Final[dict[str, GeneralAccount]] = {
    "stripe:platform": GeneralAccount("517100", "Stripe, solde de la plateforme"),
    "disp": GeneralAccount("467400", "Paiements contestés auprès des banques", "Litige"),
    "recv": GeneralAccount("467500", "Assistants débiteurs", "Assistant"),
    "fx": GeneralAccount("580200", "Virements internes, conversions"),
    "escrow": GeneralAccount("467100", "Fonds provisionnés pour le compte de tiers", "Provision"),
    "deferred": GeneralAccount("419100", "Clients, avances reçues sur frais de service", "Contrat"),
    "payable": GeneralAccount("467200", "Assistants, sommes à reverser", "Assistant"),
    "credit": GeneralAccount("467300", "Clients, sommes à rembourser", "Client"),
    "tax:vat": GeneralAccount("445710", "TVA collectée"),
    "rev:commission": GeneralAccount("706100", "Commissions des assistants"),
    "rev:client_fee": GeneralAccount("706200", "Frais de service des clients"),
    "exp:stripe_fee": GeneralAccount("627810", "Frais de paiement Stripe"),
    "exp:dispute_fee": GeneralAccount("627820", "Frais de contestation bancaire"),
    "exp:dispute_loss": GeneralAccount("654000", "Pertes sur paiements contestés"),
    "exp:exchange": GeneralAccount("656000", "Pertes et gains de change"),
    "equity:platform": GeneralAccount("580100", "Virements internes, banque et Stripe"),
}
PROFIT: Final = GeneralAccount("120000", "Bénéfice des exercices antérieurs, à affecter")
LOSS: Final = GeneralAccount("129000", "Perte des exercices antérieurs, à affecter")
JOURNALS: Final = {
    "AN": "À-nouveaux",
    "ST": "Stripe",
    "OD": "Opérations diverses",
}
LABELS: Final = {
    "fund": "Fonds reçus et provisionnés",
    "surplus": "Paiement en trop, à rembourser",
    "release": "Fonds libérés, commission et frais acquis",
    "tip": "Pourboire acquis à l'assistant",
    "transfer": "Virement à l'assistant",
    "paid_by_hand": "Règlement à l'assistant par notre banque",
    "refund_due": "Remboursement dû au client",
    "refund": "Remboursement au client",
    "refund_failed": "Remboursement revenu",
    "carry": "Report de fonds provisionnés",
    "clawback": "Reprise sur l'assistant",
    "fee_return": "Frais de service rendus",
    "debt": "Dette de l'assistant",
    "set_off": "Compensation d'une dette",
    "recovery": "Reprise affectée à une contestation perdue",
    "dispute_open": "Paiement contesté par la banque",
    "dispute_won": "Contestation gagnée",
    "dispute_lost": "Contestation perdue",
    "payout": "Versement à notre banque",
    "payout_failed": "Versement revenu de notre banque",
    "top_up": "Approvisionnement depuis notre banque",
    "stripe_fee": "Frais périodiques de Stripe",
    "conversion": "Conversion de devises",
}


class FecNeedsEuros(Conflict):
    """The year holds entries in a currency for which the books know no value in euros."""

    message = _(
        "Up to this year the books have entries in %(currencies)s. A FEC is kept in euros and the"
        " books hold no exchange rate: use the CSV export, which has every currency."
    )


class UnmappedAccount(Conflict):
    """An account of ours has no number of the plan comptable général yet."""

    message = _("The account %(code)s has no number of the French chart of accounts yet.")


@dataclass(frozen=True, slots=True)
class Leg:
    """One line to be: our account and cents, debit positive."""

    code: str
    minor: int


@dataclass(frozen=True, slots=True)
class Header:
    """What all lines of one entry share."""

    journal: str
    number: int
    day: date
    piece: str
    label: str


def file_name(siren: str, closing: date) -> str:
    """<SIREN>FEC<AAAAMMJJ>.txt (A. 47 A-1, X)."""
    return f"{siren}FEC{closing:%Y%m%d}.txt"


def general(code: str) -> GeneralAccount:
    """The account of the plan comptable général for one of ours. Raises UnmappedAccount."""
    found = CHART.get(code) or CHART.get(code.split(":", 1)[0])
    if found is None:
        raise UnmappedAccount(code=code)
    return found


def amount(minor: int) -> str:
    """Cents as euros: no separator of thousands, a comma."""
    return f"{minor // 100},{minor % 100:02d}"


def _plain(text: str) -> str:
    """Text that cannot break a line or a field."""
    return " ".join(text.split())


def _row(header: Header, account: GeneralAccount, helper: tuple[str, str], minor: int) -> str:
    day = f"{header.day:%Y%m%d}"
    values = (
        header.journal, JOURNALS[header.journal], str(header.number), day, account.number,
        account.label, *helper, header.piece, day, header.label,
        amount(max(minor, 0)), amount(max(-minor, 0)), "", "", day, "", "",
    )  # fmt: skip
    return "\t".join(_plain(value) for value in values) + "\r\n"


def head() -> str:
    """The line of the columns' names."""
    return "\t".join(COLUMNS) + "\r\n"


def entry(header: Header, legs: Iterable[Leg]) -> list[str]:
    """The lines of one entry, in the order of the book."""
    lines = []
    for leg in legs:
        account = general(leg.code)
        who = leg.code.rpartition(":")[2]
        helper = (who, f"{account.people} {who}") if account.people else ("", "")
        lines.append(_row(header, account, helper, leg.minor))
    return lines


def carried(day: date, balances: Sequence[Leg]) -> list[str]:
    """The opening entry: what stood on every account of the balance sheet the day before.

    Revenue and expenses of earlier years appear as their result. Empty in the first year.
    """
    header = Header("AN", 1, day, "AN", "Reprise des soldes")
    standing = [leg for leg in balances if leg.minor and general(leg.code).number[0] not in "67"]
    result = sum(leg.minor for leg in balances if general(leg.code).number[0] in "67")
    lines = entry(header, sorted(standing, key=lambda leg: (general(leg.code).number, leg.code)))
    if result:
        lines.append(_row(header, LOSS if result > 0 else PROFIT, ("", ""), result))
    return lines
