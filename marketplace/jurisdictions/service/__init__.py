"""Owns the writes of tax facts: decisions that were used, registers' answers, who owes VAT."""

from marketplace.jurisdictions.service.decisions import Purpose, record_decision, set_standing
from marketplace.jurisdictions.service.registers import ask

__all__ = ["Purpose", "ask", "record_decision", "set_standing"]
