"""The door to writing references; never holds a step itself."""

from marketplace.references.service.answering import answer, decline, knock, remove, stop
from marketplace.references.service.asking import ask, withdraw
from marketplace.references.service.judging import judge
from marketplace.references.service.letting_go import (
    on_member_joined,
    on_person_deleted,
    on_profile_removed,
)
from marketplace.references.service.proving import hide, recount
from marketplace.references.service.reporting import keep, report
from marketplace.references.service.terms import forget, on_mail_refused, tick

__all__ = [
    "answer",
    "ask",
    "decline",
    "forget",
    "hide",
    "judge",
    "keep",
    "knock",
    "on_mail_refused",
    "on_member_joined",
    "on_person_deleted",
    "on_profile_removed",
    "recount",
    "remove",
    "report",
    "stop",
    "tick",
    "withdraw",
]
