"""Owns the words of what an act in the operator's log changed; never writes a row."""

from __future__ import annotations

from typing import Final

from marketplace.core.i18n import _

FIELDS: Final[dict[str, str]] = {
    "amount_minor": _("Paid out"),
    "answer": _("What the bank reads"),
    "attempts": _("Tries"),
    "code": _("Why it waits"),
    "currency": _("Currency"),
    "earned_minor": _("Earned and still ours"),
    "factor": _("Second factor"),
    "failed": _("Failed jobs"),
    "failure": _("Last problem"),
    "ground": _("Ground"),
    "hidden": _("Hidden"),
    "loss_minor": _("Our loss"),
    "recovered_minor": _("Borne by the assistant, before tax and fees"),
    "reference": _("Reference"),
    "released_minor": _("Released and not taken back, before tax"),
    "status": _("State"),
    "suspended": _("Suspended"),
    "task": _("Job"),
}
"""Every name that an act may keep before and after it; amounts end in `_minor`."""
