"""Owns what can be wrong with a step of work, each named after the fact."""

from __future__ import annotations

from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _


class IllegalStep(Conflict):
    """The unit's state has no such step."""

    message = _("This part of the work is no longer at that stage. Reload the page.")


class NotFunded(Conflict):
    """Work would start before its money is held."""

    message = _("The money for this part is not held yet. Wait for the funding before you start.")


class NotBegun(Invalid):
    """A week or month of a flat fee would be handed in before its first day."""

    message = _("This period begins on %(day)s: you can hand it in from then on.")


class PartHeld(Invalid):
    """A change touches a part whose money is held or on its way, or that is done."""

    message = _("What is held, on its way or done keeps its terms.")


class CriterionNeeded(Invalid):
    """A rejection names none of the agreed criteria."""

    message = _("Name at least one agreed criterion that is not met.")


class WeekClosed(Conflict):
    """The timesheet is sent, or past its editing time."""

    message = _("This week is sent or settled: its hours can no longer be changed.")
    over = _("This week is closed: its hours could be changed until %(when)s.")


class NothingToSubmit(Conflict):
    """A week without hours."""

    message = _("There are no hours in this week yet.")


class OutsideWeek(Invalid):
    """The day is not in this week or not yet there."""


class HoursChanged(Invalid):
    """Hours, or a use of a pack, changed elsewhere since the author of this change looked."""

    message = _(
        "Changed elsewhere meanwhile, so nothing was saved. Below is what you wrote: look again, "
        "then save it in place of the other."
    )


class ContractPaused(Conflict):
    """Nothing is charged or entered while a contract rests."""

    message = _("This contract is paused. The client can resume it.")


class NotPaused(Conflict):
    """There is nothing to resume."""

    message = _("This contract is not paused.")


class TimerRunning(Conflict):
    """One timer a person at a time, and none in a week that its person sends."""

    message = _("Your timer is already running. Stop it first.")


class NoTimer(Conflict):
    """There is nothing to stop."""

    message = _("No timer is running here.")


class NotContestable(Conflict):
    """The line is settled, or its week is not under review."""

    message = _("This line can no longer be contested.")


class NotContested(Conflict):
    """There is nothing to answer."""

    message = _("This line is not contested any more. Reload the page.")


class LessExpected(Invalid):
    """A contest that asks for nothing less."""


class ContractNotRunning(Conflict):
    """The contract is not signed, or has ended."""

    message = _("This contract is not running.")


class BadShare(Invalid):
    """A share of a unit that is not held, or of more than is held."""


class PartOpen(Conflict):
    """One part payment at a time waits for an answer."""

    message = _("A part payment already waits for an answer.")


class NoPart(Conflict):
    """The part payment that is answered is not the one that waits for an answer, if any does."""

    message = _(
        "This request is no longer open: it was answered or replaced. Nothing was done. See below "
        "what is asked for now."
    )


class AlreadyEnding(Conflict):
    """Somebody has proposed the end before."""

    message = _("Ending this contract has already been proposed.")


class PhaseTurned(Conflict):
    """The start-up phase began or ended since the author of a wish to end looked."""

    message = _(
        "The start-up phase has begun or ended since you opened this page, so that an end means "
        "something else now. Nothing was proposed or ended: read below what it means today."
    )


class NotProposed(Conflict):
    """The end that is agreed to is not the one that is proposed now, if any is."""

    message = _(
        "This proposal is no longer open: it was withdrawn or replaced, or the contract has ended. "
        "You have agreed to nothing. See below how things stand."
    )


class OtherDelivery(Conflict):
    """Something else was handed in since the answer's author looked at it."""

    message = _(
        "Something new was handed in since you opened this page. Nothing was approved or sent "
        "back: look at it first."
    )


class NoPack(Conflict):
    """The contract is no pack, or no period of it is open."""

    message = _("No period of this pack is open. Fund the next period first.")


class RecordClosed(Conflict):
    """The record of a period's uses is past its time, or not open yet."""

    message = _("The record of this period is closed.")


class BadUse(Invalid):
    """A use outside of its period, or counted in the wrong unit."""


class CurrencyNotHeld(Conflict):
    """The payment provider keeps no balance for us in the contract's currency: it would convert."""

    message = _(
        "Payments in %(currency)s cannot be held at the moment, so nothing was charged. Please "
        "write to us."
    )


class HeldTooLong(Conflict):
    """The latest release by the contract is further away than money may be held."""

    message = _(
        "Funds are held for %(days)s days at most, and this part would be paid out on %(day)s. "
        "Agree on an earlier date or on smaller parts."
    )
