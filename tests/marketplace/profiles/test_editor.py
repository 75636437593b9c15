"""The editor driven as a person does without JavaScript, and its API twin."""

import asyncio
from typing import Any

import httpx
import pytest

from marketplace.core import clock
from marketplace.core.ids import slugify
from marketplace.core.models import DomainEvent
from marketplace.profiles import queries as profiles
from marketplace.profiles import service
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.states import Status
from search import taxonomy
from tests.factories import accounts
from tests.factories import parties as make
from tests.marketplace.parties.test_parties import SOLE_TRADER

STEPS: dict[str, dict[str, Any]] = {
    "identity": {
        "headline_fr": "Standard téléphonique et agenda",
        "text_fr": "Douze ans d’accueil en cabinet : appels, agenda, dossiers. "
        "Je réponds avec votre voix, je filtre et je note tout.",
    },
    "skills": {
        "skill": ["virtual-receptionist", "invoicing"],
        "level-virtual-receptionist": "3",
        "years-virtual-receptionist": "12",
        "level-invoicing": "2",
        "years-invoicing": "4",
        "tool": ["aircall"],
    },
    "languages": {
        "languages-0-code": "fr",
        "languages-0-level": "C2",
        "languages-2-code": "en",
        "languages-2-level": "B2",
    },
    "place": {"country": "FR", "city": "toulouse", "region": ""},
    "rates": {
        "engagement": ["hourly", "flat_fee"],
        "currency": "EUR",
        "hourly_rate_minor": "32,50",
        "project_minimum_minor": "",
        "packages-0-name_fr": "Permanence du matin",
        "packages-0-price_minor": "1 200",
        "packages-0-includes_fr": "Vingt heures par mois",
    },
    "availability": {
        "time_zone": "Europe/Paris",
        "hours_week": "20",
        "coverage-0-from": "09:00",
        "coverage-0-to": "18:00",
        "coverage-12-from": "22:00",
        "coverage-12-to": "06:00",
    },
}


async def begin(client: httpx.AsyncClient) -> str:
    await accounts.log_in(client, await accounts.person())
    await client.post("/fr/parties/new", data=SOLE_TRADER)
    onward = await client.get("/fr/profile")
    return onward.headers["location"]


async def test_a_profile_is_written_step_by_step_and_published(client: httpx.AsyncClient) -> None:
    base = await begin(client)
    assert (await client.get(base)).headers["location"] == f"{base}/edit/identity"
    following = [*list(STEPS)[1:], "photo"]
    for (step, fields), after in zip(STEPS.items(), following, strict=True):
        page = await client.get(f"{base}/edit/{step}")
        assert page.status_code == 200, page.text
        saved = await client.post(f"{base}/edit/{step}", data=fields)
        assert saved.status_code == 303, saved.text
        assert saved.headers["location"] == f"{base}/edit/{after}"
    assert (await client.get(f"{base}/edit/photo")).status_code == 200
    preview = await client.get(f"{base}/edit/preview")
    assert taxonomy.label("virtual-receptionist", "fr") in preview.text
    assert "32,50" in preview.text
    assert "7,2 sur 12 points" in preview.text  # what decides the rank, and where it is explained
    assert 'href="/fr/ranking"' in preview.text
    assert "explain=1" not in preview.text  # nobody finds a draft
    published = await client.post(f"{base}/publish")
    assert published.status_code == 303, published.text
    profile = await profiles.whole((await Profile.get()).id)
    assert profile.status is Status.PUBLISHED
    ranked = await client.get(f"{base}/edit/preview")
    assert "/fr/assistants?skill=virtual-receptionist&amp;explain=1" in ranked.text
    assert profile.slug == "lea-roussel"
    assert (profile.hourly_rate_minor, profile.region, profile.city) == (3250, "FR-OCC", "toulouse")
    assert {(each.code, each.level, each.years) for each in profile.skills} == {
        ("virtual-receptionist", 3, 12),
        ("invoicing", 2, 4),
    }
    assert {(each.code, each.level) for each in profile.languages} == {("fr", "C2"), ("en", "B2")}
    assert [each.price_minor for each in profile.packages] == [120_000]
    assert {(w.weekday, w.start_minute, w.end_minute) for w in profile.coverage} == {
        (0, 540, 1080),
        (4, 1320, 1440),
        (5, 0, 360),
    }
    assert await DomainEvent.filter(name="ProfilePublished").count() == 1
    again = await client.get(f"{base}/edit/availability")
    assert 'value="22:00"' in again.text
    assert 'value="06:00"' in again.text
    assert 'name="coverage-15-from" id="f-coverage-15-from" value=""' in again.text


async def test_publishing_too_early_lists_what_is_missing_with_links(
    client: httpx.AsyncClient,
) -> None:
    base = await begin(client)
    refused = await client.post(f"{base}/publish")
    assert refused.status_code == 422
    for step in ("identity", "skills", "languages", "place", "rates", "availability"):
        if step == "place":
            continue  # the country is known from the party, the region is not
        assert f'{base}/edit/{step}"' in refused.text
    profile = await Profile.get()
    assert profile.status is Status.DRAFT
    api = await client.post(f"/api/v1/profiles/{profile.id}/publish")
    assert api.status_code == 422
    assert {"headline", "skills", "place"} <= {each["field"] for each in api.json()["errors"]}


async def test_new_skills_are_asked_for_their_level_before_going_on(
    client: httpx.AsyncClient,
) -> None:
    base = await begin(client)
    first = await client.post(f"{base}/edit/skills", data={"skill": ["invoicing"]})
    assert first.headers["location"] == f"{base}/edit/skills"
    page = await client.get(f"{base}/edit/skills")
    assert 'name="level-invoicing"' in page.text


@pytest.mark.parametrize(
    ("step", "fields", "field"),
    [
        ("identity", {"headline_fr": "x" * 121}, "headline_fr"),
        ("skills", {"skill": ["juggling"]}, "skill"),
        ("skills", {"skill": ["invoicing"], "years-invoicing": "99"}, "years-invoicing"),
        ("languages", {"languages-1-code": "fr"}, "languages-1-level"),
        ("languages", {"languages-1-code": "xx", "languages-1-level": "A1"}, "languages-1-code"),
        ("place", {"country": "FR", "city": "Nulle-Part-sur-Mer"}, "city"),
        ("place", {"country": "FR", "region": "BE-BRU"}, "city"),
        ("rates", {"currency": "EUR", "hourly_rate_minor": "beaucoup"}, "hourly_rate_minor"),
        ("rates", {"currency": "EUR", "hourly_rate_minor": "32,555"}, "hourly_rate_minor"),
        ("rates", {"currency": "XXX"}, "currency"),
        (
            "rates",
            {"currency": "EUR", "packages-1-price_minor": "100"},
            "packages-1-name_fr",
        ),
        ("availability", {"time_zone": "Mars/Olympus"}, "time_zone"),
        (
            "availability",
            {"time_zone": "Europe/Paris", "hours_week": "200"},
            "hours_week",
        ),
    ],
)
async def test_a_slip_is_told_beside_its_field_and_what_was_typed_stays(
    client: httpx.AsyncClient, step: str, fields: dict[str, str], field: str
) -> None:
    base = await begin(client)
    answer = await client.post(f"{base}/edit/{step}", data=fields)
    assert answer.status_code == 422, answer.headers
    assert f'href="#f-{field}"' in answer.text
    assert (await Profile.get()).version == 1, "nothing was written"


def seen_of(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


async def test_a_window_opened_before_does_not_replace_newer_text(
    client: httpx.AsyncClient,
) -> None:
    base = await begin(client)
    for step, fields in STEPS.items():
        path = f"{base}/edit/{step}"
        old = {**fields, "seen": seen_of((await client.get(path)).text)}
        for _twice in range(2):  # a double click
            assert (await client.post(path, data=old)).status_code == 303, step
    path, old = f"{base}/edit/identity", {**STEPS["identity"]}
    old["seen"] = seen_of((await client.get(path)).text)
    newer = {**old, "text_fr": "Plus récent. " * 10}
    assert (await client.post(path, data=newer)).status_code == 303
    late = {**old, "headline_fr": "Écrit dans l’ancienne fenêtre"}
    answer = await client.post(path, data=late)
    assert answer.status_code == 409
    assert "Plus récent. Plus récent." in answer.text
    assert 'value="Écrit dans l’ancienne fenêtre"' in answer.text
    assert (await Profile.get()).text_fr.startswith("Plus récent.")
    wrong = await client.post(path, data={**late, "headline_fr": "x" * 121})
    assert seen_of(wrong.text) == old["seen"]  # nor does a slip make the old window a new one
    again = await client.post(path, data={**late, "seen": seen_of(answer.text)})
    assert again.status_code == 303
    assert (await Profile.get()).headline_fr == late["headline_fr"]


async def test_a_step_says_itself_what_a_public_profile_needs(client: httpx.AsyncClient) -> None:
    path = f"{await begin(client)}/edit/identity"
    short = {"headline_fr": "Standard et agenda", "text_fr": "Bonjour."}
    kept = await client.post(path, data=short)
    assert kept.headers["location"] == path
    page = (await client.get(path)).text
    assert "Présentez-vous en quatre-vingts caractères au moins" in page
    assert 'href="' + path.replace("identity", "skills") + '"' in page
    assert "quatre-vingts" not in (await client.get(path.replace("identity", "place"))).text


async def test_half_a_period_is_told_in_the_week(client: httpx.AsyncClient) -> None:
    base = await begin(client)
    typed = {"time_zone": "Europe/Paris", "coverage-3-from": "09:00", "coverage-3-to": ""}
    answer = await client.post(f"{base}/edit/availability", data=typed)
    assert answer.status_code == 422
    assert "Indiquez les deux heures" in answer.text


async def test_the_preview_follows_what_is_typed_without_saving(client: httpx.AsyncClient) -> None:
    base = await begin(client)
    typed = {"headline_fr": "Accueil et agenda pour artisans"}
    fragment = await client.post(f"{base}/preview/identity", data=typed)
    assert fragment.status_code == 200
    assert "Accueil et agenda pour artisans" in fragment.text
    assert "<html" not in fragment.text
    assert (await Profile.get()).headline_fr == ""
    abroad = await client.post(f"{base}/preview/place", data={"country": "BE", "city": "Paris"})
    for follows in ("Wallonie", 'value="Bruxelles"'):
        assert follows in abroad.text, "regions and towns follow the country"
    assert "Occitanie" not in abroad.text
    assert "is-bad" not in abroad.text, "nothing is refused before it is sent"
    for step, fields in (("place", {"country": "FR", "city": "??"}), ("rates", {"currency": "?"})):
        assert (await client.post(f"{base}/preview/{step}", data=fields)).status_code == 200


async def test_another_persons_profile_does_not_exist(client: httpx.AsyncClient) -> None:
    profile = await make.profile(await accounts.person())
    await accounts.log_in(client, await accounts.person())
    base, api = f"/fr/profiles/{profile.id}", f"/api/v1/profiles/{profile.id}"
    for path in ("", "/edit", "/edit/identity", "/edit/preview"):
        assert (await client.get(base + path)).status_code == 404
    for path in ("/edit/identity", "/preview/identity", "/publish", "/pause", "/photo"):
        assert (await client.post(base + path, data={})).status_code == 404
    assert (await client.get(api)).status_code == 404
    assert (await client.put(f"{api}/identity", json={})).status_code == 404
    assert (await client.post(f"{api}/pause")).status_code == 404
    assert (await client.delete(f"{api}/photo")).status_code == 404
    assert (await client.get("/api/v1/profiles")).json() == []
    assert (await Profile.get()).status is Status.PUBLISHED


async def test_a_public_profile_is_paused_and_resumed(client: httpx.AsyncClient) -> None:
    lea = await accounts.person()
    profile = await make.profile(lea)
    await accounts.log_in(client, lea)
    base = f"/fr/profiles/{profile.id}"
    assert (await client.post(f"{base}/pause")).status_code == 303
    assert (await Profile.get()).status is Status.PAUSED
    assert (await client.post(f"/api/v1/profiles/{profile.id}/pause")).status_code == 409
    assert (await client.post(f"{base}/publish")).status_code == 303
    after = await Profile.get()
    assert after.status is Status.PUBLISHED
    assert after.version == profile.version + 2
    assert after.published_at == profile.published_at
    assert await DomainEvent.filter(name="ProfilePaused").count() == 1


async def test_a_button_pressed_twice_says_the_same_twice(client: httpx.AsyncClient) -> None:
    lea = await accounts.person()
    profile = await make.profile(lea, published=False)
    await accounts.log_in(client, lea)
    for step, said in (("publish", "est public"), ("pause", "est en pause")):
        for _time in (1, 2):
            answer = await client.post(f"/fr/profiles/{profile.id}/{step}", follow_redirects=True)
            assert answer.status_code == 200
            assert said in answer.text
    assert (await Profile.get()).version == profile.version + 2


async def test_a_public_profile_cannot_lose_what_it_needs(client: httpx.AsyncClient) -> None:
    lea = await accounts.person()
    profile = await make.profile(lea)
    await accounts.log_in(client, lea)
    refused = await client.put(f"/api/v1/profiles/{profile.id}/skills", json={})
    assert refused.status_code == 409
    assert [one["field"] for one in refused.json()["errors"]] == ["skills"]
    page = await client.post(f"/fr/profiles/{profile.id}/edit/skills", data={})
    assert page.status_code == 422
    assert "Choisissez une compétence." in page.text
    whole = await profiles.whole(profile.id)
    assert len(list(whole.skills)) == 1
    assert whole.version == profile.version


async def test_an_unconfirmed_address_cannot_publish(client: httpx.AsyncClient) -> None:
    lea = await accounts.person()
    profile = await make.profile(lea, published=False)
    await type(lea).filter(pk=lea.id).update(email_verified_at=None)
    await accounts.log_in(client, lea)
    assert (await client.post(f"/fr/profiles/{profile.id}/publish")).status_code == 409
    assert (await Profile.get()).status is Status.DRAFT


async def test_every_change_counts_and_only_public_ones_are_told(database: str) -> None:
    lea = await accounts.person()
    profile = await make.profile(lea, published=False)
    who = await make.viewer(lea)
    assert await DomainEvent.filter(name="ProfileChanged").count() == 0
    await service.publish(who, profile.id)
    draft = make.profile_draft()
    changed = await service.save_rates(who, profile.id, draft.rates)
    assert changed.version == profile.version + 2
    event = await DomainEvent.get(name="ProfileChanged")
    assert event.body == {"profile_id": str(profile.id), "version": changed.version}


async def test_of_two_colleagues_who_save_at_once_one_is_told(client: httpx.AsyncClient) -> None:
    lea = await accounts.person()
    profile = await make.profile(lea)
    await accounts.log_in(client, lea)
    path = f"/en/profiles/{profile.id}/edit/identity"
    seen = seen_of((await client.get(path)).text)
    typed = [{"headline_fr": f"Assistante {n}", "text_fr": "x" * 200, "seen": seen} for n in (1, 2)]
    answers = await asyncio.gather(*(client.post(path, data=each) for each in typed))
    assert sorted(each.status_code for each in answers) == [303, 409]
    lost = next(each for each in answers if each.status_code == 409).text
    assert "Assistante 1" in lost
    assert "Assistante 2" in lost


async def test_two_people_of_one_name_have_their_own_address(database: str) -> None:
    first = await make.profile(await accounts.person(), published=False)
    second = await make.profile(await accounts.person(), published=False)
    assert (first.slug, second.slug) == ("lea-roussel", "lea-roussel-2")


async def test_a_name_that_is_a_page_of_the_directory_has_another_address(database: str) -> None:
    lea = await accounts.person()
    called = await make.party(lea, display_name="Compare")
    profile = await profiles.of_party(called.id) or await service.start(
        await make.viewer(lea), called.id
    )
    assert profile.slug == "compare-2"


async def test_people_of_one_name_at_the_same_moment_each_get_an_address(database: str) -> None:
    people = [await accounts.person() for _ in range(4)]
    await asyncio.gather(*(make.party(each) for each in people))
    slugs = await Profile.all().values_list("slug", flat=True)
    assert sorted(str(each) for each in slugs) == [
        "lea-roussel", "lea-roussel-2", "lea-roussel-3", "lea-roussel-4",
    ]  # fmt: skip


async def test_a_number_in_a_name_meets_no_number_that_was_given(database: str) -> None:
    """A first "Marie 2" wants the address that the second "Marie" gets."""
    people = [await accounts.person() for _ in range(4)]
    await make.party(people[0], display_name="Marie")
    names = ("Marie", "Marie 2", "Marie 2")
    begun = zip(people[1:], names, strict=True)
    await asyncio.gather(*(make.party(who, display_name=name) for who, name in begun))
    slugs = {str(each) for each in await Profile.all().values_list("slug", flat=True)}
    assert len(slugs) == 4
    assert {"marie", "marie-2"} <= slugs


def test_letters_with_a_stroke_stay_in_an_address() -> None:
    assert slugify("Øyvind Łoś, Straße Þór Đặng ığdır œuvre Élodie") == (
        "oyvind-los-strasse-thor-dang-igdir-oeuvre-elodie"
    )


@pytest.mark.usefixtures("application")  # its reactions count the change
async def test_a_new_name_keeps_the_address_and_is_a_change() -> None:
    from marketplace.parties import service as party_service

    lea = await accounts.person()
    profile = await make.profile(lea)
    renamed = make.party_draft(display_name="Léa assiste")
    await party_service.update(await make.viewer(lea), profile.party_id, renamed)
    after = await profiles.by_slug(profile.slug)
    assert after.party.display_name == "Léa assiste"
    assert after.version == profile.version + 1


async def test_who_cannot_be_paid_is_told_before_publishing(client: httpx.AsyncClient) -> None:
    lea = await accounts.person()
    party = await make.party(
        lea, jurisdiction="MG", tax_status="unregistered", registration_number="1234567890"
    )
    await accounts.log_in(client, lea)
    profile = await profiles.of_party(party.id)
    assert profile
    page = await client.get(f"/en/profiles/{profile.id}/edit/preview")
    assert "cannot be held and paid out" in page.text


async def test_the_api_replaces_a_whole_profile_and_reads_it_back(
    client: httpx.AsyncClient,
) -> None:
    lea = await accounts.person()
    profile = await make.profile(lea, published=False)
    await accounts.log_in(client, lea)
    body = make.profile_draft().model_dump(mode="json")
    body["rates"]["hourly_rate_minor"] = 4100
    url = f"/api/v1/profiles/{profile.id}"
    saved = await client.put(url, json=body)
    assert saved.status_code == 200, saved.text
    read = (await client.get(url)).json()
    assert read == saved.json()
    assert (read["hourly_rate_minor"], read["missing"], read["payable"]) == (4100, [], True)
    assert read["version"] == profile.version + 1
    assert (await client.put(f"{url}/identity", json={"shoe": 1})).status_code == 422
    assert (await client.put(f"{url}/languages", json={"languages": [
        {"code": "fr", "level": "C2"}, {"code": "fr", "level": "A1"}]})).status_code == 422  # fmt: skip


async def test_a_business_has_no_profile(client: httpx.AsyncClient) -> None:
    lea = await accounts.person()
    party = await make.party(lea, "business")
    await accounts.log_in(client, lea)
    answer = await client.post("/api/v1/profiles", json={"party_id": str(party.id)})
    assert answer.status_code == 422
    assert (await client.get("/fr/profile")).headers["location"] == "/fr/parties/new?kind=assistant"
    assert clock.now() > party.created_at


async def test_without_scripts_the_regions_of_another_country_are_a_button_away(
    client: httpx.AsyncClient,
) -> None:
    who = await accounts.person()
    profile = await make.profile(who, published=False)
    await accounts.log_in(client, who)
    address = f"/fr/profiles/{profile.id}/edit/place"
    page = (await client.get(address)).text
    assert 'name="drawn_for" value="FR"' in page
    assert "BE-BRU" not in page
    typed = {"country": "BE", "city": "", "region": "", "drawn_for": "FR", "show": "1"}
    shown = await client.post(address, data=typed)
    assert shown.status_code == 200
    assert 'value="BE-BRU"' in shown.text
    assert "à corriger" not in shown.text
    assert (await profiles.whole(profile.id)).country == "FR"  # nothing is saved by it
    # Enter presses the first button there is: it saves where the list fits the country.
    entered = await client.post(address, data=typed | {"region": "BE-BRU", "drawn_for": "BE"})
    assert entered.status_code == 303
    assert (await profiles.whole(profile.id)).region == "BE-BRU"
