"""Owns the accounts that people may read: a contract's, by both sides, and a payee's own."""

from payments.statements.contracts import (
    ContractStatement,
    StatementLine,
    StatementMismatch,
    contract_statement,
)
from payments.statements.payees import (
    Aside,
    Leaving,
    PayeeLine,
    PayeeStatement,
    aside,
    leaving,
    payee_statement,
)

__all__ = [
    "Aside",
    "ContractStatement",
    "Leaving",
    "PayeeLine",
    "PayeeStatement",
    "StatementLine",
    "StatementMismatch",
    "aside",
    "contract_statement",
    "leaving",
    "payee_statement",
]
