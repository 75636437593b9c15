"""Owns the arithmetic of jurisdictions: numbers, VAT decisions, limits, who can contract with whom.

Pure: it is given facts and never reads the data files, the database or a register.
"""

from marketplace.jurisdictions.rules.forms import FormGroup
from marketplace.jurisdictions.rules.invoicing import InvoiceTax, Need, invoice_tax
from marketplace.jurisdictions.rules.limits import (
    Effect,
    Line,
    Standing,
    Watch,
    crossings,
    exemption_ends,
    standing,
)
from marketplace.jurisdictions.rules.numbers import NumberRefused, UnknownJurisdiction, check_number
from marketplace.jurisdictions.rules.reach import Reach, reach
from marketplace.jurisdictions.rules.registers import (
    Answer,
    Register,
    State,
    read_sirene,
    read_vies,
    worth_asking,
)
from marketplace.jurisdictions.rules.vat import (
    QUEBEC_TAX,
    Category,
    ClientKind,
    NumberState,
    Scheme,
    Side,
    Tax,
    VatDecision,
    decide_vat,
)
from marketplace.jurisdictions.rules.words import SENTENCES, tax_name

__all__ = [
    "QUEBEC_TAX",
    "SENTENCES",
    "Answer",
    "Category",
    "ClientKind",
    "Effect",
    "FormGroup",
    "InvoiceTax",
    "Line",
    "Need",
    "NumberRefused",
    "NumberState",
    "Reach",
    "Register",
    "Scheme",
    "Side",
    "Standing",
    "State",
    "Tax",
    "UnknownJurisdiction",
    "VatDecision",
    "Watch",
    "check_number",
    "crossings",
    "decide_vat",
    "exemption_ends",
    "invoice_tax",
    "reach",
    "read_sirene",
    "read_vies",
    "standing",
    "tax_name",
    "worth_asking",
]
