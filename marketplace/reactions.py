"""THE table of who reacts to what: domain events of the features and facts of the payments.

AT_ONCE runs inside the transaction that made the news; LATER runs by job after commit, for what
leaves the database (index, mail). FACTS are applied in the payments' own transaction, so that a
unit is funded if and only if the ledger says so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from marketplace import money_jobs
from marketplace.accounts.events import PersonDeleted, PersonSuspended
from marketplace.admin.service import alerts
from marketplace.billing.events import (
    DebitFailed,
    DebitStarted,
    PaymentAnswered,
    PaymentRecorded,
    TipGiven,
)
from marketplace.billing.queries import recorded as recorded_payments
from marketplace.billing.service import (
    funding,
    payee_letters,
    payee_proofs,
    recorded,
    refund_letters,
    tips,
)
from marketplace.billing.service import letters as money_letters
from marketplace.billing.service import letting_go as billing_letting_go
from marketplace.contracts.events import (
    ContractCancelled,
    ContractChanged,
    ContractCompleted,
    ContractSigned,
    OfferCountered,
    OfferDeclined,
)
from marketplace.contracts.service import amending, answering, naming, retaxing
from marketplace.contracts.service import letting_go as contracts_letting_go
from marketplace.core import events
from marketplace.core.mail import MailRefused
from marketplace.directory import service as directory
from marketplace.disputes.service import letters as dispute_letters
from marketplace.exposure import service as exposure
from marketplace.invoicing.events import (
    InvoiceDeclared,
    InvoiceHeld,
    InvoiceIssued,
    MandateSigned,
)
from marketplace.invoicing.service import collecting, handover, reports
from marketplace.invoicing.service import letters as invoice_letters
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions.events import NumberAnswered
from marketplace.my_data import service as my_data
from marketplace.parties import service as parties
from marketplace.parties.events import (
    MemberJoined,
    MemberLeft,
    PartyChanged,
    PartyChecked,
    PartyClosed,
    PartyCreated,
    RoleChanged,
    SigningAllowed,
)
from marketplace.parties.service import checks
from marketplace.parties.service import letters as team_letters
from marketplace.profiles import service as profiles
from marketplace.profiles.events import (
    ProfileChanged,
    ProfilePaused,
    ProfilePublished,
    ProfileRemoved,
)
from marketplace.references import service as references
from marketplace.references.events import ReferenceDisowned, ReferenceReported
from marketplace.reviews import service as reviews
from marketplace.reviews.events import (
    ReviewJudged,
    ReviewReplied,
    ReviewReported,
    ReviewShownAgain,
    ReviewsReminded,
    ReviewsRevealed,
    RoundOpened,
)
from marketplace.reviews.service import letters as review_letters
from marketplace.saved_searches import service as saved_searches
from marketplace.shortlists import service as shortlists
from marketplace.vigilance.events import PaperHandedIn, PaperRefused, PapersWanted, SignsSeen
from marketplace.vigilance.service import letters as paper_letters
from marketplace.vigilance.service import reminders as papers
from marketplace.work import events as work
from marketplace.work.service import (
    amendments,
    endings,
    frozen,
    keeping,
    letters,
    opening,
    raises,
    timers,
    units,
)
from payments import facts

Reaction = Callable[[Any], Awaitable[None]]

AT_ONCE: dict[type[events.Event], tuple[Reaction, ...]] = {
    ContractSigned: (opening.open_units,),
    ContractChanged: (amendments.on_contract_changed,),
    work.WeekCovered: (raises.on_week_covered,),
    ContractCancelled: (endings.on_contract_over, endings.on_contract_cancelled),
    ContractCompleted: (endings.on_contract_over,),
    PersonSuspended: (profiles.on_person_suspended,),
    # What is a person's own goes first; with the parties of theirs alone go those parties' own.
    PersonDeleted: (
        shortlists.on_person_deleted,
        saved_searches.on_person_deleted,
        references.on_person_deleted,
        contracts_letting_go.on_person_deleted,
        timers.on_person_deleted,
        reviews.on_person_deleted,
        my_data.on_person_deleted,
        parties.on_person_deleted,
    ),
    PartyClosed: (
        shortlists.on_party_closed,
        profiles.on_party_closed,
        contracts_letting_go.on_party_closed,
        billing_letting_go.on_party_closed,
        reviews.on_party_closed,
        reports.on_party_closed,
    ),
    ProfileRemoved: (
        directory.on_paused,
        exposure.on_profile_removed,
        references.on_profile_removed,
        shortlists.on_profile_removed,
        saved_searches.on_profile_removed,
        contracts_letting_go.on_profile_removed,
    ),
    MemberJoined: (references.on_member_joined, team_letters.on_joined),
    RoleChanged: (team_letters.on_role_changed,),
    SigningAllowed: (team_letters.on_signing_allowed,),
    MemberLeft: (team_letters.on_left,),
    PartyCreated: (
        profiles.on_party_created,
        checks.on_party_changed,
    ),
    PartyChanged: (naming.on_party_changed, profiles.on_party_changed, checks.on_party_changed),
    PartyChecked: (profiles.on_party_changed,),
    NumberAnswered: (checks.on_number_answered,),
    ProfilePublished: (directory.on_published,),
    ProfileChanged: (directory.on_published,),
    ProfilePaused: (directory.on_paused, saved_searches.on_profile_paused),
    work.WorkApproved: (recorded.on_settled,),
    work.WorkSettled: (recorded.on_settled,),
}
LATER: dict[type[events.Event], tuple[Reaction, ...]] = {
    PartyClosed: (billing_letting_go.forget_cards,),
    PartyChanged: (retaxing.on_party,),
    PartyChecked: (retaxing.on_party,),
    ReferenceDisowned: (alerts.on_reference_disowned,),
    ReferenceReported: (alerts.on_reference_reported,),
    MailRefused: (references.on_mail_refused,),
    OfferCountered: (answering.on_answered,),
    OfferDeclined: (answering.on_answered,),
    ContractSigned: (answering.on_answered, papers.on_news, alerts.on_contract_signed),
    ContractCompleted: (reviews.on_contract_over,),
    ContractCancelled: (reviews.on_contract_over,),
    RoundOpened: (review_letters.on_opened,),
    ReviewsReminded: (review_letters.on_reminded,),
    ReviewsRevealed: (review_letters.on_revealed,),
    ReviewReplied: (review_letters.on_replied,),
    ReviewReported: (alerts.on_review_reported,),
    ReviewJudged: (review_letters.on_judged,),
    ReviewShownAgain: (review_letters.on_shown_again,),
    PapersWanted: (paper_letters.on_wanted,),
    PaperHandedIn: (papers.on_news,),
    PaperRefused: (paper_letters.on_refused,),
    SignsSeen: (paper_letters.on_signs,),
    ContractChanged: (amendments.close_pages, papers.on_news, alerts.on_contract_signed),
    work.UnitFunded: (letters.on_funded,),
    work.WorkSubmitted: (letters.on_submitted,),
    work.ChangesRequested: (letters.on_changes,),
    work.ChangesNotMade: (letters.on_changes_not_made,),
    work.WorkApproved: (letters.on_approved, money_letters.on_approved, collecting.on_unit),
    DebitStarted: (money_letters.on_debit_started,),
    DebitFailed: (money_letters.on_debit_failed,),
    PaymentRecorded: (money_letters.on_recorded,),
    PaymentAnswered: (money_letters.on_answered,),
    work.ReviewReminded: (letters.on_reminder,),
    work.WeekNotFunded: (letters.on_week_not_funded,),
    work.CardCharged: (money_letters.on_card_charged,),
    work.WeekRaised: (raises.charge,),
    work.RaiseNotFunded: (letters.on_raise_not_funded,),
    work.WeekCovered: (letters.on_covered,),
    work.WorkPaused: (letters.on_paused,),
    work.WorkResumed: (letters.on_resumed,),
    work.HoldAged: (money_letters.on_hold_aged,),
    work.HoldRenewed: (money_letters.on_hold_renewed,),
    work.HoursContested: (letters.on_contested,),
    work.ContestSettled: (letters.on_contest_settled,),
    work.PackExpiring: (letters.on_pack_expiring,),
    work.WorkSettled: (collecting.on_unit,),
    work.PackLapsed: (letters.on_pack_lapsed, collecting.on_unit),
    TipGiven: (money_letters.on_tip, collecting.on_tip),
    work.PartNews: (letters.on_part, collecting.on_part),
    work.EndingProposed: (letters.on_ending_proposed,),
    work.ContractEnded: (letters.on_ended, collecting.on_contract),
    MandateSigned: (collecting.on_mandate_signed,),
    InvoiceIssued: (invoice_letters.on_issued, handover.on_issued),
    InvoiceDeclared: (invoice_letters.on_declared,),
    InvoiceHeld: (invoice_letters.on_held, alerts.on_invoice_held),
}
FACTS: dict[type[facts.Fact], tuple[Reaction, ...]] = {
    facts.FundsSecured: (units.on_funds_secured,),
    facts.TipReleased: (tips.on_tip_released,),
    facts.MovementParked: (alerts.on_movement_parked,),
    facts.RefundFailed: (alerts.on_refund_failed, refund_letters.on_refund_failed),
    facts.PaymentConverted: (alerts.on_payment_converted,),
    facts.ClawbackSettled: (collecting.on_clawback, reviews.on_clawback),
    facts.PayeeChanged: (payee_letters.on_payee_changed,),
    facts.PayeeVerified: (payee_proofs.on_payee_verified,),
    facts.BankRefused: (payee_letters.on_bank_refused,),
    facts.DisputeOpened: (alerts.on_dispute_opened, dispute_letters.on_opened),
    facts.SurplusDisputed: (alerts.on_dispute_opened, dispute_letters.on_opened),
    facts.SurplusDecided: (dispute_letters.on_closed,),
    facts.DisputeClosed: (frozen.on_dispute_closed, dispute_letters.on_closed),
    facts.FundingProcessing: (funding.on_processing,),
    facts.FundingFailed: (funding.on_failed,),
}


def connect() -> None:
    """Install the tables: called once by every process. Raises BadData for wrong settings."""
    jurisdictions.check_platform()
    events.connect(AT_ONCE, LATER, FACTS)
    amending.ask_what_is_held(keeping)
    keeping.ask_what_is_paid(recorded_payments.stands)
    directory.heard_by(saved_searches.note_changes)
    money_jobs.connect()
