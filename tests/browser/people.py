"""Owns driving the product as a person does: forms filled, mails read, buttons pressed.

Fields are found by their names and buttons by their role in the page, so that one journey runs in
French and in English. What is only waited for, a mail, a transfer, a place in the index, is asked
for without drawing it: a page that Chromium draws costs most of a second of a processor.
"""

from __future__ import annotations

import html
import os
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
from playwright.sync_api import Error, expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page, Response

PASSWORD = "une longue phrase 42"
WAIT_SECONDS = 120
"""How long anything is waited for; on a busy machine a page alone takes several seconds."""
CARD = "4242 4242 4242 4242"
PICTURES = Path(__file__).parents[2] / "var" / "journeys"
DRAWN = bool(os.environ.get("TEST_PICTURES"))
MAIL = re.compile(r'href="/dev/mail/([^"/]+)"')


def siren() -> str:
    """A well-formed SIREN of nobody (Luhn, as INSEE computes it)."""
    digits = f"9{uuid4().int % 10**7:07d}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return digits + str(-total % 10)


def vat_number(number: str) -> str:
    """The French VAT number that belongs to a SIREN."""
    return f"FR{(12 + 3 * int(number)) % 97:02d}{number}"


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep what is seen in var/journeys, where TEST_PICTURES asks for it: it costs a page more."""
    if DRAWN:
        page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)


@contextmanager
def leaving(page: Page) -> Iterator[None]:
    """Wait for the page that what is done inside leads to.

    The page left is marked, so that no late news of how it came itself is taken for the next.
    """
    page.evaluate("document.documentElement.dataset.left = ''")
    yield
    page.locator("html[data-left]").wait_for(state="detached", timeout=WAIT_SECONDS * 1000)
    page.wait_for_load_state(timeout=WAIT_SECONDS * 1000)


def euros(price: str) -> float:
    """A price as a French page shows it: `29,50 €`."""
    return float(re.sub(r"[^\d,]", "", price).replace(",", "."))


def plain(page: str) -> str:
    """The text of a page's main part, its lines and paragraphs apart."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<br>|</p>", "\n", main)))


def unheard_of(first: str) -> str:
    """A name that nobody else in the directory has."""
    letters = (chr(ord("a") + byte % 26) for byte in uuid4().bytes[:8])
    return f"{first} {''.join(letters).capitalize()}"


@dataclass
class Someone:
    """A person with their own browser."""

    page: Page
    url: str
    lang: str
    name: str
    email: str
    story: str

    @classmethod
    def arrive(cls, browser: Browser, url: str, lang: str, name: str, story: str) -> Someone:
        """A new person on a laptop, for whom pages do not glide into one another."""
        locale = "fr-FR" if lang == "fr" else "en-GB"
        context = browser.new_context(
            locale=locale, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
        )
        email = f"{uuid4().hex[:12]}@example.org"
        return cls(context.new_page(), url, lang, name, email, story)

    def goto(self, path: str) -> None:
        """Open a page in the person's language."""
        answer = self._sent_to(f"{self.url}/{self.lang}{path}")
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    def _sent_to(self, address: str) -> Response | None:
        """Chromium gives up what it was told where a page of before still comes in between."""
        limit = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                return self.page.goto(address)
            except Error as error:
                late = time.monotonic() > limit
                if late or "interrupted by another navigation" not in error.message:
                    raise
            self.page.wait_for_load_state()

    def picture(self, name: str) -> None:
        """Keep what the person sees."""
        picture(self.page, f"{self.story}/{name}", whole=True)

    def press(self, form: str) -> None:
        """Press the main button of the form with this action (its end)."""
        self.follow(self.button(form))

    def follow(self, what: Locator) -> None:
        """Click on something and wait for the page it leads to."""
        with leaving(self.page):
            what.click()

    def button(self, form: str) -> Locator:
        """The main button of a form."""
        found = self.page.locator(f'main form[action$="{form}"]')
        return found.locator("button[type=submit]:not([name])").first

    def choose(self, name: str, value: str) -> None:
        """Choose a radio button or tick a box as people do: on its label."""
        box = self.page.locator(f'main input[name="{name}"][value="{value}"]')
        folded = box.locator("xpath=ancestor::details[not(@open)]/summary")
        if folded.count():
            folded.first.click()
        if not box.is_checked():
            box.locator("xpath=ancestor::label[1]").click()
        expect(box).to_be_checked()

    def fill(self, **values: str) -> None:
        """Write into fields; `__` stands for a hyphen in a name."""
        for name, value in values.items():
            field = self.page.locator(f'main [name="{name.replace("__", "-")}"]').first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def until(self, path: str, *patterns: str) -> None:
        """Open a page in the person's language once its source has all of these."""
        limit = time.monotonic() + WAIT_SECONDS
        missing = list(patterns)
        while missing:
            assert time.monotonic() < limit, f"{path} never showed {missing} to {self.email}"
            text = self.page.request.get(f"{self.url}/{self.lang}{path}").text()
            missing = [pattern for pattern in patterns if not re.search(pattern, text)]
            time.sleep(0.2 if missing else 0)
        self.goto(path)

    def newest_mail(self, pattern: str, seen: int = 0) -> str:
        """The first match of `pattern` in the newest mail, once more than `seen` have come."""
        limit = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < limit:
            names = self._mails()
            if len(names) > seen:
                mail = httpx.get(f"{self.url}/dev/mail/{names[0]}", timeout=WAIT_SECONDS)
                found = re.search(pattern, plain(mail.text))
                if found:
                    return found[1]
            time.sleep(0.1)
        msg = f"no mail with {pattern} for {self.email}"
        raise AssertionError(msg)

    def mails(self) -> int:
        """How many mails have come so far."""
        return len(self._mails())

    def _mails(self) -> list[str]:
        """The newest first."""
        shown = httpx.get(f"{self.url}/dev/mail?to={self.email}", timeout=WAIT_SECONDS)
        return MAIL.findall(shown.text)

    def sign_up(self, intent: str) -> None:
        """Make an account and confirm the address by the link in the mail."""
        self.goto("/sign-up")
        self.choose("intent", intent)
        self.fill(name=self.name, email=self.email, password=PASSWORD)
        self.picture("01-sign-up")
        self.press("/sign-up")
        link = self.newest_mail(r"(http\S+verify-email\?token=\S+)")
        self.page.goto(link)
        self.fill(password=PASSWORD)
        self.press("/verify-email")
        expect(self.page).to_have_url(re.compile("/parties/new"))

    def found_party(self, form: str, tax: str, name: str) -> None:
        """Give the legal identity of one's activity."""
        self.choose("legal_form", form)
        self.choose("tax_status", tax)
        number = siren()
        if tax == "vat_registered":
            self.fill(vat_number=vat_number(number))
        self.fill(
            legal_name=name, registration_number=number, address_line1="12 rue des Lilas",
            postcode="69003", town="Lyon", representative_name=self.name,
            representative_title="Gérance",
        )  # fmt: skip
        self.picture("02-identity")
        self.press("/parties/new")

    def publish_profile(self, headline: str, city: str = "Lyon") -> str:
        """Walk through the profile editor and publish; the profile's address."""
        text = "Douze ans de secrétariat : appels, agenda, factures et relances, dans vos outils."
        self.fill(**{f"headline_{self.lang}": headline, f"text_{self.lang}": text})
        self.press("/edit/identity")
        for code in ("virtual-receptionist", "invoicing"):
            self.choose("skill", code)
        self.press("/edit/skills")
        if "/edit/skills" in self.page.url:  # levels of the skills just chosen
            self.press("/edit/skills")
        self.fill(languages__0__code="fr", languages__0__level="C2")
        self.fill(languages__1__code="en", languages__1__level="C1")
        self.press("/edit/languages")
        self.fill(city=city)
        self.press("/edit/place")
        for kind in ("hourly", "flat_fee", "project"):
            self.choose("engagement", kind)
        self.fill(hourly_rate_minor="29,50")
        self.fill(
            **{
                f"packages__0__name_{self.lang}": "Vingt heures",
                f"packages__0__includes_{self.lang}": "Vingt heures par mois.",
                "packages__0__price_minor": "560",
            }
        )
        self.press("/edit/rates")
        self.fill(hours_week="20")
        for day in range(5):
            self.fill(
                **{f"coverage__{day * 3}__from": "09:00", f"coverage__{day * 3}__to": "17:00"}
            )
        self.press("/edit/availability")
        self.goto(re.sub(r".*/(profiles/[^/]+)/.*", r"/\1/edit/preview", self.page.url))
        self.picture("03-preview")
        self.press("/publish")
        link = self.page.locator('main a[href*="/assistants/"]').first.get_attribute("href")
        assert link is not None
        return link.split("?", 1)[0]

    def propose(self, slug: str, kind: str, starts_on: str = "", **price: str) -> str:
        """Write an offer in the wizard and send it; the contract's path."""
        self.goto(f"/contracts/new?assistant={slug}")
        self.choose("kind", kind)
        self.press("/contracts/new")
        self.fill(title="Factures et relances", scope="Préparer, envoyer et suivre les factures.")
        if starts_on:
            self.fill(starts_on=starts_on)
        self.press("/edit/scope")
        if kind == "project":
            self.follow(self.page.locator('main button[name="add"]'))
        self.fill(**price)
        self.press("/edit/price")
        self.press("/edit/conditions")
        self.picture(f"04-offer-{kind}")
        self.press("/send")
        found = re.search(r"(/contracts/[0-9a-f-]{36})", self.page.url)
        assert found, self.page.url
        return found[1]

    def sign(self, contract: str) -> None:
        """Read, ask for the code, and sign with it."""
        self.goto(f"{contract}/sign")
        before = self.mails()
        self.press("/sign/code")
        code = self.newest_mail(r"(?m)^\s*(\d{6})\s*$", seen=before)
        self.choose("consent", "yes")
        self.fill(typed_name=self.name, code=code)
        self.picture("05-sign")
        self.press("/sign")

    def fund(self, card: str = CARD) -> None:
        """From the work room to the payment page and back, paying the part that is next."""
        self.follow(self.page.locator('main a[href$="/fund"]').first)
        self.picture("06-fund")
        self.press("/fund")
        expect(self.page).to_have_url(re.compile("/c/pay/"))
        self.picture("07-checkout")
        self.pay_with(card)

    def pay_with(self, card: str) -> None:
        """Type a card number on the payment page and send it."""
        self.page.locator("#number").fill(card)
        with leaving(self.page):
            self.page.locator("#number").press("Enter")

    def set_up_payouts(self) -> None:
        """Give identity and bank details on the hosted pages."""
        self.goto("/payouts")
        self.press("/set-up")
        self.picture("08-payout-set-up")
        first, _, last = self.name.partition(" ")
        for name, value in {"given_name": first, "surname": last, "birth": "1990-05-17"}.items():
            self.page.locator(f'input[name="{name}"]').fill(value)
        self.page.locator('input[name="terms"]').check()
        self.follow(self.page.locator("form button").first)
        expect(self.page).to_have_url(re.compile("/payouts/"))
        self.picture("09-payouts")
