"""Owns the accounts that people may read: a contract's, by both sides, and a payee's own."""

from payments.statements.contracts import (
    ContractStatement,
    StatementLine,
    StatementMismatch,
    contract_statement,
)
from payments.statements.payees import Leaving, PayeeLine, PayeeStatement, leaving, payee_statement

__all__ = [
    "ContractStatement",
    "Leaving",
    "PayeeLine",
    "PayeeStatement",
    "StatementLine",
    "StatementMismatch",
    "contract_statement",
    "leaving",
    "payee_statement",
]
