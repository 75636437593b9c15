"""Owns the mails about work: who is told what, in their language; never changes any state.

Reactions run by job after commit; each mail is queued in a command of its own.
"""

from marketplace.work.service.letters.endings import on_ended, on_ending_proposed
from marketplace.work.service.letters.packs import on_pack_expiring, on_pack_lapsed
from marketplace.work.service.letters.parts import (
    on_approved,
    on_changes,
    on_changes_not_made,
    on_funded,
    on_part,
    on_reminder,
    on_submitted,
)
from marketplace.work.service.letters.weeks import (
    on_contest_settled,
    on_contested,
    on_covered,
    on_paused,
    on_raise_not_funded,
    on_resumed,
    on_week_not_funded,
)
from marketplace.work.service.letters.writing import ASSISTANT, BUSINESS, name_of, tell

__all__ = [
    "ASSISTANT",
    "BUSINESS",
    "name_of",
    "on_approved",
    "on_changes",
    "on_changes_not_made",
    "on_contest_settled",
    "on_contested",
    "on_covered",
    "on_ended",
    "on_ending_proposed",
    "on_funded",
    "on_pack_expiring",
    "on_pack_lapsed",
    "on_part",
    "on_paused",
    "on_raise_not_funded",
    "on_reminder",
    "on_resumed",
    "on_submitted",
    "on_week_not_funded",
    "tell",
]
