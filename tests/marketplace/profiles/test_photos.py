"""Photos: hostile files are refused in words, good ones are kept without what they know."""

import asyncio
import io
import struct
import subprocess
import sys
import zlib

import asyncpg
import httpx
import pytest
from PIL import Image

from marketplace.core import clock, jobs
from marketplace.profiles.models import Profile
from marketplace.profiles.service import photos as photos_service
from marketplace.profiles.service.photos import folder
from tests.factories import accounts
from tests.factories import parties as make
from tests.fixtures.application import RunJobs

WAITING = """SELECT count(*) FROM pg_locks
 WHERE locktype = 'advisory' AND NOT granted AND database = (
   SELECT oid FROM pg_database WHERE datname = current_database())"""


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **options: object) -> bytes:
    out = io.BytesIO()
    mode = "RGBA" if kind == "PNG" else "RGB"
    Image.new(mode, size, (180, 40, 90, 0) if kind == "PNG" else (180, 40, 90)).save(
        out, kind, **options
    )
    return out.getvalue()


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (43.6, 0.0, 0.0)  # latitude
    tall = Image.new("RGB", (400, 800), "white")
    tall.paste("red", (0, 0, 400, 400))
    out = io.BytesIO()
    tall.save(out, "JPEG", exif=exif, comment=b"private note")
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of some kilobytes that claims 30,000 by 30,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 30_001 * 100)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def held_whole(kind: str, size: tuple[int, int], **options: object) -> bytes:
    """A picture of few bytes whose decoder holds all of its pixels at once."""
    out = io.BytesIO()
    Image.new("L", size, 90).save(out, kind, quality=20, **options)
    return out.getvalue()


async def start(client: httpx.AsyncClient) -> Profile:
    lea = await accounts.person()
    profile = await make.profile(lea)
    await accounts.log_in(client, lea)
    return profile


async def send(client: httpx.AsyncClient, profile: Profile, content: bytes) -> httpx.Response:
    files = {"photo": ("me.jpg", content, "image/jpeg")}
    return await client.post(f"/fr/profiles/{profile.id}/photo", files=files)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_photo_is_kept_as_square_webp_and_may_be_cached_for_ever(
    client: httpx.AsyncClient, kind: str
) -> None:
    profile = await start(client)
    assert (await send(client, profile, picture(kind))).status_code == 303
    after = await Profile.get()
    assert after.version == profile.version + 1
    for size in (512, 128):
        answer = await client.get(f"/photos/{after.photo}-{size}.webp")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/webp"
        assert "immutable" in answer.headers["cache-control"]
        with Image.open(io.BytesIO(answer.content)) as shown:
            assert shown.size == (size, size)
    page = await client.get(f"/fr/profiles/{profile.id}/edit/photo")
    assert f"/photos/{after.photo}-512.webp" in page.text
    assert f"/photos/{after.photo}-128.webp" in page.text, "the card shows it too"
    public = await client.get(f"/fr/assistants/{profile.slug}")
    assert f"/photos/{after.photo}-512.webp" in public.text


async def test_what_the_camera_wrote_is_gone_but_its_turn_is_kept(
    client: httpx.AsyncClient,
) -> None:
    profile = await start(client)
    await send(client, profile, with_exif())
    name = (await Profile.get()).photo
    kept = (await client.get(f"/photos/{name}-512.webp")).content
    for secret in (b"SecretCamera", b"private note", b"EXIF", b"Exif"):
        assert secret not in kept
    with Image.open(io.BytesIO(kept)) as shown:
        assert not shown.getexif()
        greens = shown.getchannel("G")
        left, right = greens.getpixel((50, 256)), greens.getpixel((460, 256))
    assert isinstance(left, int)
    assert isinstance(right, int)
    assert left > 200 > right, "the red half of the picture stands on the right"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + b"\0" * 100,
        b"\xff\xd8\xff\xe0" + b"\0" * 2000,
        picture("JPEG")[:200],
        picture("PNG")[:120],
        picture("JPEG", (20, 20)),
        bomb(),
    ],
    ids=["nothing", "text", "svg", "gif", "noise", "cut jpeg", "cut png", "tiny", "bomb"],
)
async def test_a_bad_file_is_refused_beside_the_field(
    client: httpx.AsyncClient, content: bytes
) -> None:
    profile = await start(client)
    answer = await send(client, profile, content)
    assert answer.status_code == 422, answer.headers
    assert 'id="f-photo-error"' in answer.text
    assert (await Profile.get()).photo == ""


async def test_a_file_that_is_too_heavy_is_refused(client: httpx.AsyncClient) -> None:
    profile = await start(client)
    heavy = picture() + b"\0" * (8 * 1024 * 1024)
    assert (await send(client, profile, heavy)).status_code == 422
    api = await client.put(f"/api/v1/profiles/{profile.id}/photo", content=heavy)
    assert api.status_code == 422


async def test_a_former_photo_stays_until_no_card_shows_it(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    profile = await start(client)
    await send(client, profile, picture())
    first = (await Profile.get()).photo
    api = f"/api/v1/profiles/{profile.id}/photo"
    answer = await client.put(api, content=picture("WEBP", (900, 500)))
    assert answer.status_code == 200, answer.text
    assert answer.json()["photo"] != ""
    removed = await client.delete(api)
    assert removed.json()["photo"] == ""
    await run_jobs()
    assert (await client.get(f"/photos/{first}-512.webp")).status_code == 200
    clock.advance(660)
    [job] = [
        each for each in await jobs.unfinished("profiles.drop_photo") if each["photo"] == first
    ]
    await photos_service.drop_photo(**job)
    assert (await client.get(f"/photos/{first}-512.webp")).status_code == 404
    assert not any(folder().glob(f"{first}*"))


async def test_a_paused_profiles_photo_is_shown_to_its_owner_alone(
    client: httpx.AsyncClient,
) -> None:
    profile = await start(client)
    await send(client, profile, picture())
    address = f"/photos/{(await Profile.get()).photo}-512.webp"
    assert "public" in (await client.get(address)).headers["cache-control"]
    assert (await client.post(f"/fr/profiles/{profile.id}/pause")).status_code == 303
    mine = await client.get(address)
    assert (mine.status_code, mine.headers["cache-control"]) == (200, "private, no-store")
    client.cookies.clear()
    assert (await client.get(address)).status_code == 404


@pytest.mark.parametrize("name", ["../settings", "x.webp", "%2e%2e%2fclock", "a" * 40 + "-64.webp"])
async def test_no_other_file_is_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/photos/{name}")).status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        held_whole("PNG", (5000, 5000)),
        held_whole("JPEG", (5000, 5000), progressive=True),
        held_whole("JPEG", (500, 40_000)),
    ],
    ids=["png", "progressive jpeg", "jpeg too flat to be decoded smaller"],
)
async def test_what_is_decoded_whole_has_fewer_pixels(
    client: httpx.AsyncClient, content: bytes
) -> None:
    profile = await start(client)
    answer = await send(client, profile, content)
    assert answer.status_code == 422
    assert "16 millions au plus" in answer.text
    assert (await Profile.get()).photo == ""


async def test_a_camera_of_many_pixels_is_welcome(client: httpx.AsyncClient) -> None:
    profile = await start(client)
    assert (await send(client, profile, held_whole("JPEG", (7000, 7000)))).status_code == 303
    assert (await Profile.get()).photo


def test_the_largest_picture_takes_the_memory_of_its_decoder_and_little_more() -> None:
    """In a process of its own: the most it ever held, in MB, above what it began with."""
    script = """if True:
        import io, resource, sys
        from PIL import Image
        from marketplace.profiles.service import photos
        def most():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        began, content = most(), sys.stdin.buffer.read()
        photos._square(content)
        print(most() - began)
    """
    out = io.BytesIO()
    Image.new("RGBA", (4000, 4000), (180, 40, 90, 128)).save(out, "PNG")
    ran = subprocess.run(
        [sys.executable, "-c", script], input=out.getvalue(), capture_output=True, check=True
    )
    assert int(ran.stdout) < 200, "64 for its pixels and 64 to weigh them by their opacity"


@pytest.mark.parametrize("mode", ["1", "P", "L", "LA", "RGB", "RGBA", "I;16"])
async def test_every_kind_of_colour_is_kept(client: httpx.AsyncClient, mode: str) -> None:
    profile = await start(client)
    out = io.BytesIO()
    half = Image.new("L", (2100, 2100), 255)
    half.paste(0, (0, 0, 1050, 2100))
    half.convert(mode).save(out, "PNG")
    assert (await send(client, profile, out.getvalue())).status_code == 303
    name = (await Profile.get()).photo
    kept = (await client.get(f"/photos/{name}-512.webp")).content
    with Image.open(io.BytesIO(kept)) as shown:
        low, high = (shown.convert("L").getpixel((x, 256)) for x in (50, 460))
    assert isinstance(low, int)
    assert isinstance(high, int)
    assert low < 40, "black on the left"
    assert high > 200, "white on the right"


async def test_a_picture_that_another_profile_drops_meanwhile_keeps_its_files(
    client: httpx.AsyncClient, database: str
) -> None:
    profile = await start(client)
    await send(client, profile, picture())
    name = (await Profile.get()).photo
    other = await asyncpg.connect(database)
    try:
        async with other.transaction():  # as whoever is about to drop the same picture
            await other.execute(photos_service.TURN, f"photo:{name}")
            sending = asyncio.create_task(send(client, profile, picture()))
            while not await other.fetchval(WAITING):
                assert not sending.done(), "it waits for its turn"
                await asyncio.sleep(0.05)
            for file in folder().glob(f"{name}*"):
                file.unlink()
    finally:
        await other.close()
    assert (await sending).status_code == 303
    assert (await client.get(f"/photos/{name}-512.webp")).status_code == 200
