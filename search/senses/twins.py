"""Owns which skills do the same work under another name; never which are merely near."""

from __future__ import annotations

from typing import Final

from search.senses.lexicon import Sense, sense_of

TWINS: Final[dict[str, tuple[str, ...]]] = {
    "call-overflow": ("inbound-calls", "virtual-receptionist"),
    "inbound-calls": ("virtual-receptionist",),
    "message-taking": ("call-overflow", "inbound-calls", "virtual-receptionist"),
    "e-invoicing": ("invoicing",),
    "invoicing": ("e-invoicing",),
    "ticket-management": ("customer-support",),
    "customer-support": ("ticket-management",),
    "calendar-management": ("meeting-scheduling",),
    "meeting-scheduling": ("calendar-management",),
    "telemarketing": ("outbound-calls",),
    "outbound-calls": ("telemarketing",),
    "pre-accounting": ("bookkeeping",),
    "legal-admin": ("legal-secretary",),
    "patient-scheduling": ("medical-secretary",),
    "project-management": ("task-tracking",),
    "task-tracking": ("project-management",),
}
"""Skill -> those so close that who asks for it is served as well by them.

Each such sense is indexed, since some phrase of the vocabulary means just these (a test).
"""


def with_twins(sense: Sense) -> Sense:
    """A skill with those that do the same work under another name."""
    if len(sense.codes) > 1:
        return sense
    (code,) = sense.codes
    twins = TWINS.get(code)
    return sense_of({code, *twins}, {code, *twins}) if twins else sense
