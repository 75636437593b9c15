"""Phrases of the vocabulary are recognised however they are spelled, and names are left alone."""

from __future__ import annotations

import time

import pytest

from search.language import normalise
from search.senses import asked, guessing, ordinary, tokens_in, tokens_of
from search.senses.lexicon import sense_of
from search.senses.spelling import near_word
from search.senses.twins import TWINS
from search.taxonomy import Term, taxonomy


def _left(text: str) -> list[str]:
    return [word for word in asked(text).words.split() if not word.isdigit()]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rendezvous", "appointment-setting"),
        ("air call", "aircall"),
        ("noteDeFrais", "expense-reports"),
        ("help desk", "helpdesk"),
        ("relancer les impayés", "payment-reminders"),
        ("les impayés à relancer", "payment-reminders"),
        ("comunity manager", "social-media"),
        ("secretaire medicle", "medical-secretary"),
        ("rédactrices web", "copywriting"),
        ("facturassion", "invoicing"),
        ("secretariat juridic", "legal-secretary"),
        ("notte de frai", "expense-reports"),
        ("payroll", "payroll"),
        ("fiche de paie", "payroll"),
        ("quickbook", "quickbooks"),
        ("I need someone reliable to schedule my meetings", "meeting-scheduling"),
    ],
)
def test_a_wish_is_recognised_however_it_is_spelled(text: str, code: str) -> None:
    assert code in asked(text).codes


@pytest.mark.parametrize("name", ["Camille Vasseur", "Carpentras", "Notiom", "Aix-en-Provence"])
def test_names_are_asked_as_they_were_typed_and_only_guessed_at_when_unknown(name: str) -> None:
    assert not asked(name).codes


def test_every_tool_is_itself_and_never_corrected_into_another() -> None:
    for term in taxonomy().terms.values():
        if term.kind == "tool":
            assert term.code in asked(term.fr).codes, term.fr


@pytest.mark.parametrize("term", [one for one in taxonomy().terms.values() if one.said])
def test_what_people_say_is_recognised_by_itself(term: Term) -> None:
    unheard = [text for text in term.said if term.code not in asked(text).codes]
    # A product's name beside other words speaks for itself, and they for themselves.
    assert len(unheard) <= len(term.said) // 4, unheard


def test_who_surely_does_what_is_meant_stands_before_who_may() -> None:
    """The number asked first is that of all who may; the last one, left out first, of the sure."""
    first, *_others, last = asked("appels sortants").words.split()
    assert last in tokens_of("outbound-calls").split()
    assert {first, last} & set(tokens_of("telemarketing").split()) == {first}


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("un vol et une chambre pour le salon de Milan", "travel-planning", "insurance-admin"),
        ("keep our customer list up to date", "crm-management", "complaint-handling"),
        ("quote follow-ups", "client-follow-up", "quote-preparation"),
    ],
)
def test_who_is_meant_more_surely_stands_first_among_who_may(
    text: str, first: str, after: str
) -> None:
    single = sense_of({first}).token
    asks = asked(text).words.split()
    assert single in asks[1:], "the number left out first is theirs alone"
    assert asks[0] in tokens_of(first).split()
    assert single not in tokens_of(after).split()


def test_who_is_as_welcome_stands_among_the_first() -> None:
    """An invoice is one, electronic or not: the phrase means both by itself."""
    for text, both in {
        "mes factures": ("invoicing", "e-invoicing"),
        "prendre mes rendez-vous": ("calendar-management", "appointment-setting"),
    }.items():
        known = [set(tokens_of(code).split()) for code in both]
        assert all(set(asked(text).words.split()) <= tokens for tokens in known), text


def test_hints_count_where_they_agree_and_are_no_wish_beside_one() -> None:
    both = asked("traduire une notice en allemand").words.split()
    assert both[0] in tokens_of("translation-de").split()
    assert asked("vérifier les fautes de mon livre").codes >= {"proofreading"}
    assert "ghostwriting" in asked("livre").codes


def test_make_is_a_tool_only_when_it_is_used_as_one() -> None:
    assert "make" not in asked("make my slides look good").codes
    assert "make" in asked("make").codes
    assert "make" in asked("automatiser avec make").codes
    assert "make" in asked("Make expert").codes


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("notions de comptabilité", "notion"),
        ("quelqu'un de sage pour mes comptes", "sage"),
        ("a buffer between my meetings", "buffer"),
        ("write words for my site", "microsoft-word"),
        ("call me on Monday", "monday"),
        ("we are open Monday to Friday and drown in paper", "monday"),
        ("data entry, Monday-Thursday", "monday"),
    ],
)
def test_a_products_name_that_is_an_ordinary_word_is_none(text: str, tool: str) -> None:
    assert tool not in asked(text).codes


@pytest.mark.parametrize(
    "text", ["cherche une VA", "need a VA", "VA anglophone", "ma va est partie"]
)
def test_what_the_trade_calls_itself_is_understood(text: str) -> None:
    assert "virtual-assistance" in asked(text).codes
    for verb in ("elle va répondre au téléphone", "ELLE VA RÉPONDRE AU TÉLÉPHONE"):
        assert "virtual-assistance" not in asked(verb).codes


def test_markup_and_words_said_in_passing_part_no_phrase() -> None:
    plain = asked("relance clients").words
    assert asked("relance <b>vraiment</b> mes clients").words == plain
    assert asked("relance clients <script>alert(1)</script>").words == plain


def test_what_is_not_wanted_is_not_searched() -> None:
    assert asked("facturation au lieu de prospection").codes == asked("facturation").codes
    assert asked("facturation sans prospection").codes == asked("facturation").codes
    assert asked("receptionist -medical").codes == asked("receptionist").codes


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("secrétaire, mais ni compta ni paie", "secrétaire"),
        ("neither payroll nor vat, only invoicing", "only invoicing"),
        ("bookkeeping, no payroll or invoicing", "bookkeeping"),
        (
            "everything except payroll: contracts, holidays, staff files",
            "contracts, holidays, staff files",
        ),
        (
            "tenue des comptes mais pas les salaires, c'est mon cousin qui les fait",
            "tenue des comptes",
        ),
        ("facturation, aucune prospection", "facturation"),
        ("facturation, jamais d'appels", "facturation"),
        ("invoicing, I don't want blog posts", "invoicing"),
    ],
)
def test_a_refusal_takes_all_that_it_names_and_no_more(text: str, wanted: str) -> None:
    assert asked(text).codes == asked(wanted).codes


def test_what_somebody_else_does_not_do_is_not_refused() -> None:
    assert "payroll" in asked("mon comptable ne fait pas les fiches de paie").codes
    assert "payroll" in asked("PAYE and NI for five staff").codes
    assert asked("not a full bookkeeper, only receipts").codes == asked("only receipts").codes


def test_a_place_or_a_language_beside_the_work_stays_and_talk_does_not() -> None:
    assert _left("standardiste bilingue") == ["bilingue"]
    assert _left("bonjour je cherche une personne de confiance pour mes factures") == []


def test_documents_carry_the_senses_of_their_skills_and_of_their_texts() -> None:
    wanted = set(asked("facturation").words.split())
    assert wanted <= set(tokens_of("invoicing").split())
    assert wanted & set(tokens_in(normalise("Je fais votre facturation")).split())
    assert not wanted & set(tokens_of("payroll").split())


def test_an_endless_word_is_compared_with_none() -> None:
    began = time.process_time()
    assert near_word("c" * 100_000) == ""
    assert time.process_time() - began < 1


@pytest.mark.parametrize("text", ["1 " * 4_000, ("1" + " " * 79) * 100, "budget 1 " * 880])
def test_a_text_of_numbers_is_read_in_no_time(text: str) -> None:
    began = time.process_time()
    ordinary(text)
    assert time.process_time() - began < 1


def test_of_a_long_text_of_unknown_words_none_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def compare(word: str) -> str:
        compared.append(word)
        return ""

    monkeypatch.setattr(guessing, "near_word", compare)
    monkeypatch.setattr(guessing, "near_words", compare)
    asked(" ".join(f"qzx{letter}vbk" for letter in "abcdefghijklmnopqrstuvwxyz"))
    assert not compared


@pytest.mark.parametrize("code", TWINS)
def test_a_skill_is_asked_for_with_its_twins_and_all_of_them_are_indexed_so(code: str) -> None:
    both = sense_of({code, *TWINS[code]}).token
    assert all(both in tokens_of(one).split() for one in (code, *TWINS[code]))


def test_a_slip_in_a_shorter_word_is_forgiven_beside_others_only() -> None:
    assert "hubspot" in asked("hubspt clean up contacts").codes
    assert not asked("hubspt").codes
