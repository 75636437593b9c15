"""Both sides of a contract review each other; former clients speak by the link of a mail."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from playwright.sync_api import expect

from marketplace.demo.rules import CONTRACTED, LOGINS, draw_assistant
from tests.browser.people import WAIT_SECONDS, Someone, leaving
from tests.browser.test_shortlists import in_order
from tests.browser.test_signed_in import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

    from marketplace.demo.rules import Sketch

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


def someone(
    browser: Browser, url: str, lang: str, email: str = "", name: str = "", **more: Any
) -> Someone:
    """A person of the demo who is logged in, or without an address a stranger."""
    context = browser.new_context(
        base_url=url, locale="fr-FR" if lang == "fr" else "en-GB", bypass_csp=True,
        reduced_motion="reduce", **more,
    )  # fmt: skip
    found = Someone(context.new_page(), url, lang, name, email, "reviews")
    if email:
        log_in(found.page, lang, email.partition("@")[0])
    return found


def drawn(name: str) -> Sketch:
    """The demo's assistant of this name who has contracts."""
    sketches = (draw_assistant(number) for number in range(CONTRACTED))
    return next(one for one in sketches if one.name == name)


def hit(url: str, sketch: Sketch, query: str = "") -> dict[str, Any] | None:
    """What the search index knows of an assistant."""
    asked = f"{url}/api/v1/assistants?facets=0&per_page=50{query}"
    answer = httpx.get(asked, timeout=60).json()
    return next((one for one in answer["hits"] if one["slug"] == sketch.slug), None)


def wait_for(told: Any) -> Any:
    """What `told` answers, once it is something."""
    limit = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < limit:
        if found := told():
            return found
        time.sleep(0.3)
    msg = "it never came"
    raise AssertionError(msg)


def secret(person: Someone, page: str, seen: int = 0) -> str:
    """The token in the link of a mail that leads to this page."""
    return person.newest_mail(rf"/references/{page}\?token=([0-9a-f.-]+)", seen)


def written(business: Someone, words: str) -> Sketch:
    """The business reviews an assistant, by way of what goes wrong; whom."""
    page = business.page
    business.goto("/reviews")
    in_order(page)
    link = page.locator("main li b a").first
    about = drawn(link.inner_text().removeprefix("Donner un avis sur "))
    business.follow(link)
    business.fill(text=words)
    send = page.locator("main button[name=send]")
    business.follow(send)
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("main [name=text]")).to_have_value(words)
    in_order(page)
    business.fill(quality="5", communication="5", deadlines="5")
    business.choose("again", "true")
    with leaving(page):  # Enter never sends for good
        page.locator('[name=again][value="true"]').press("Enter")
    expect(page.locator("main")).to_contain_text("Gardé en brouillon le")
    other_tab = page.context.new_page()
    other_tab.goto(page.url)
    business.follow(send)
    expect(page.locator("main")).to_contain_text("Vous avez envoyé votre avis le")
    with leaving(other_tab):
        other_tab.locator("main button[name=send]").click()
    expect(other_tab.locator("main .note--bad")).to_contain_text("ne peut plus être modifié")
    return about


def answered(assistant: Someone, room: str, words: str) -> None:
    """The assistant reviews the business unread, then reads and replies."""
    page = assistant.page
    assistant.goto(room)
    assert words not in page.content()
    in_order(page)
    assistant.fill(briefs="4", communication="5", payment="5", text="Clear and kind.")
    assistant.follow(page.locator("main button[name=send]"))
    expect(page.locator("main")).to_contain_text(words)
    page.locator("main details.more > summary").press("Enter")
    page.locator("main details.more [name=text]").fill("Thank you, gladly again.")
    assistant.press("/reply")
    expect(page.locator("main")).to_contain_text("Thank you, gladly again.")
    in_order(page)


def test_both_sides_review_and_the_rating_is_read_and_found(
    browser: Browser, base_url: str
) -> None:
    business = someone(browser, base_url, "fr", LOGINS[0][1])
    words = f"Net, clair, à l’heure ({uuid4().hex[:6]})."
    about = written(business, words)
    named = f"&q={about.name.replace(' ', '+')}"
    before = hit(base_url, about, named)
    assert before is not None
    room = re.sub(r".*/fr(/contracts/[0-9a-f-]+/reviews)$", r"\1", business.page.url)
    assistant = someone(browser, base_url, "en", about.email, **PHONE)
    answered(assistant, room, words)
    business.goto(room)
    expect(business.page.locator("main")).to_contain_text("Clear and kind.")
    business.picture("both")

    def counted() -> dict[str, Any] | None:
        now = hit(base_url, about, named)
        return now if now and now["reviews"] == before["reviews"] + 1 else None

    rating = f"{wait_for(counted)['rating']:.1f}".replace(".", ",")
    stranger = someone(browser, base_url, "fr", **PHONE)
    stranger.goto(f"/assistants?sort=rating{named}")
    expect(card(stranger, about).locator(".rate")).to_contain_text(rating)
    stranger.goto(f"/assistants/{about.slug}")
    reviews = stranger.page.locator("#reviews")
    for said in (words, "Thank you, gladly again.", rating):
        expect(reviews).to_contain_text(said)
    in_order(stranger.page)
    for path in (f"/assistants/{about.slug}/reviews", "/reviews/rules"):
        stranger.goto(path)
        in_order(stranger.page)
    for each in (business, assistant, stranger):
        each.page.context.close()


def asked(assistant: Someone, client: Someone) -> None:
    """The assistant asks a former client for a reference, first without the month."""
    client.email = f"{client.name[:3].lower()}@{uuid4().hex[:10]}.example"
    assistant.goto("/references/new")
    assistant.fill(name=client.name, company="Silva & Kay", email=client.email)
    assistant.choose("relation", "client")
    assistant.choose("locale", "en")
    assistant.press("/references")
    expect(assistant.page.locator("main [name=company]")).to_have_value("Silva & Kay")
    in_order(assistant.page)
    assistant.fill(worked_from="2024-03")
    assistant.press("/references")
    expect(assistant.page.locator("main")).to_contain_text(client.email)


def given(client: Someone, *, scripts: bool) -> None:
    """The client reads the mail, answers by its link, and opens the link once more."""
    page, link = client.page, f"/references/answer?token={secret(client, 'answer')}"
    client.goto(link)
    expect(page).to_have_url(re.compile("/en/references/answer/\\w+$"))  # without its secret
    here = urlsplit(page.url).path.removeprefix("/en")
    client.press(here)
    expect(page.locator("#errors")).to_contain_text("Would you work together again?")
    if scripts:
        in_order(page)
    page.locator("main [name=skills]").first.check(force=True)
    page.locator('main [name=again][value="1"]').check(force=True)
    client.fill(text=f"{client.name[:3]} says <b>thanks</b>.", language="en")
    client.press(here)
    expect(page.locator("main")).to_contain_text("is public now")
    client.goto(link)
    expect(page.locator("main")).to_contain_text("This request is closed")
    expect(page.locator("main")).not_to_contain_text("Silva")


def card(person: Someone, about: Sketch) -> Locator:
    """An assistant's card among the results."""
    found = person.page.locator(".cards > li")
    return found.filter(has=person.page.locator(f'a[href*="{about.slug}"]')).first


def test_a_reference_is_asked_answered_without_an_account_found_and_removed(
    browser: Browser, base_url: str
) -> None:
    about = draw_assistant(CONTRACTED + 1)  # whom the demo gave no reference
    assistant = someone(browser, base_url, "fr", about.email)
    ana = someone(browser, base_url, "en", name="Ana Silva", **PHONE)
    tom = someone(browser, base_url, "en", name="Tom Kay", java_script_enabled=False)
    for client in (ana, tom):
        asked(assistant, client)
        given(client, scripts=client is ana)
    assistant.goto("/references")
    in_order(assistant.page)
    stranger = someone(browser, base_url, "en")
    wait_for(lambda: hit(base_url, about, "&verified=references"))
    stranger.goto(f"/assistants?verified=references&q={about.name.replace(' ', '+')}")
    expect(card(stranger, about)).to_contain_text("Confirmed references")
    stranger.goto(f"/assistants/{about.slug}")
    shown = stranger.page.locator("main")
    expect(shown).to_contain_text("Ana says <b>thanks</b>.")
    for hidden in ("Ana Silva", "Silva & Kay", ana.email):
        expect(shown).not_to_contain_text(hidden)
    in_order(stranger.page)

    operator = someone(browser, base_url, "fr", LOGINS[2][1], **PHONE)
    taken_down(operator, about)
    stranger.goto(f"/assistants/{about.slug}")
    expect(shown).not_to_contain_text("Ana says")
    assistant.goto("/references")
    expect(assistant.page.locator("main")).to_contain_text("Nous ne l’affichons plus")
    in_order(assistant.page)
    wait_for(lambda: not hit(base_url, about, "&verified=references"))
    operator.fill(reason="Ce n’en était pas une")
    operator.press("/put-back")
    stranger.goto(f"/assistants/{about.slug}")
    expect(shown).to_contain_text("Ana says")
    ana.goto(f"/references/remove?token={secret(ana, 'remove')}")
    in_order(ana.page)
    ana.press("/references/remove")
    expect(ana.page.locator("main")).to_contain_text("Your reference is gone")
    for each in (assistant, ana, tom, stranger, operator):
        each.page.context.close()


def taken_down(operator: Someone, about: Sketch) -> None:
    """An operator finds the reference by its profile and takes it down, first without a reason."""
    page = operator.page
    operator.goto(f"/operator/references?assistant={about.slug}")
    in_order(page)
    operator.follow(page.get_by_role("link", name=re.compile("Ana Silva")).first)
    operator.choose("ground", "advertising")
    operator.press("/take-down")
    expect(page.locator("#errors")).to_be_focused()
    in_order(page)
    operator.fill(reason="Une publicité")
    operator.press("/take-down")
    in_order(page)
