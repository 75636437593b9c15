"""Files kept under their hash, open or closed under the server's secret."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from hypothesis import strategies as st

from marketplace.core import files, vault
from marketplace.core.settings import settings

PAPER = b"%PDF-1.7 Attestation de vigilance, Camille Martin"


@pytest.fixture
def place(tmp_path: Path) -> Callable[[str], Path]:
    return lambda sha256: tmp_path / sha256[:2] / sha256


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Give the server a secret, and those it had before."""

    def give(new: str, *former: str) -> None:
        monkeypatch.setenv("RELAIS_SECRET_KEY", new)
        monkeypatch.setenv("RELAIS_FORMER_SECRET_KEYS", ", ".join(former))
        settings.cache_clear()
        assert settings().former_secret_keys == list(former)

    yield give
    settings.cache_clear()


def test_a_closed_file_shows_nothing_and_reads_as_it_came(place: Callable[[str], Path]) -> None:
    sha256 = files.keep(PAPER, place, "papers")
    kept = place(sha256).read_bytes()
    assert b"Camille" not in kept
    assert b"%PDF" not in kept
    assert files.read(sha256, place, "papers") == PAPER
    assert files.keep(PAPER, place, "papers") == sha256
    assert place(sha256).read_bytes() == kept  # kept once
    assert files.read(sha256, place, "something else") is None
    assert files.read(sha256, place) is None  # closed bytes are not what the hash is of
    place("0" * 64).parent.mkdir()
    place("0" * 64).write_bytes(kept)  # moved to another name
    assert files.read("0" * 64, place, "papers") is None
    assert files.read("1" * 64, place, "papers") is None


@given(at=st.integers(0), bit=st.integers(0, 7))
@run(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_changed_bit_goes_unseen_and_the_file_can_be_put_right(
    place: Callable[[str], Path], at: int, bit: int
) -> None:
    sha256 = files.keep(PAPER, place, "papers")
    kept = bytearray(place(sha256).read_bytes())
    kept[at % len(kept)] ^= 1 << bit
    place(sha256).write_bytes(kept)
    assert files.read(sha256, place, "papers") is None
    files.keep(PAPER, place, "papers")
    assert files.read(sha256, place, "papers") == PAPER


def test_secrets_are_replaced_without_losing_a_file(
    place: Callable[[str], Path], secret: Callable[..., None]
) -> None:
    sha256 = files.keep(PAPER, place)  # as it was kept before files were closed
    assert place(sha256).read_bytes() == PAPER == files.read(sha256, place, "papers")
    secret("first" * 8)
    files.keep(PAPER, place, "papers")
    assert vault.is_closed(place(sha256).read_bytes())
    secret("second" * 8, "first" * 8)
    assert files.read(sha256, place, "papers") == PAPER
    files.keep(PAPER, place, "papers")  # closed anew, under the second
    secret("second" * 8)
    assert files.read(sha256, place, "papers") == PAPER
    secret("third" * 8)
    assert files.read(sha256, place, "papers") is None  # forgotten: nobody reads it any more


def test_what_a_full_disk_cannot_take_leaves_nothing(tmp_path: Path) -> None:
    """As on a full disk: the system takes no more of this file than so much."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(OSError, match="large"):
            files.keep(PAPER * 1_000, lambda sha256: tmp_path / sha256)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)
    assert list(tmp_path.iterdir()) == []


def test_what_killed_writes_left_and_old_drawn_pages_go(tmp_path: Path) -> None:
    old = {"contracts/.a.part": 2, "papers/ab/.b.part": 2, "cache/pages/x-1.png": 31}
    kept = {
        "contracts/.c.part": 0.5,  # may be being written
        "contracts/d.pdf": 400,
        "papers/ab/e": 400,
        "keys/seal/.f.part": 400,  # not ours to judge
        "cache/pages/y-1.png": 29,
    }
    for name, days in (old | kept).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        moment = time.time() - days * 86_400
        os.utime(path, (moment, moment))
    files.clear(tmp_path)
    left = {str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file()}
    assert left == set(kept)


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_a_file_closed_in_pieces_reads_as_it_was_written(tmp_path: Path, extra: int) -> None:
    content = os.urandom(2 * vault.PIECE_BYTES + extra)

    def fill(out: vault.Pieces) -> None:
        for at in range(0, len(content), 700_001):
            out.write(content[at : at + 700_001])

    sha256, size = files.pour(fill, tmp_path, "exports", "mine")
    assert (sha256, size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert b"".join(files.pieces(tmp_path / sha256, "exports", "mine") or []) == content
    assert files.pieces(tmp_path / sha256, "exports", "another") is None
    assert files.pieces(tmp_path / sha256, "papers", "mine") is None
    assert files.pieces(tmp_path / ("0" * 64), "exports", "mine") is None
    assert [each.name for each in tmp_path.iterdir()] == [sha256]


def test_pieces_are_opened_under_a_former_secret(
    tmp_path: Path, secret: Callable[..., None]
) -> None:
    secret("the first secret of all" * 3)
    sha256, _ = files.pour(lambda out: out.write(PAPER), tmp_path, "exports", "mine")
    secret("another secret of all" * 3, "the first secret of all" * 3)
    assert b"".join(files.pieces(tmp_path / sha256, "exports", "mine") or []) == PAPER
    secret("another secret of all" * 3)
    assert files.pieces(tmp_path / sha256, "exports", "mine") is None


def test_no_piece_is_left_out_moved_or_cut_off_unseen(tmp_path: Path) -> None:
    content = os.urandom(3 * vault.PIECE_BYTES)
    sha256, _ = files.pour(lambda out: out.write(content), tmp_path, "exports", "mine")
    kept = tmp_path / sha256
    whole = kept.read_bytes()
    head, step = len(vault.PIECES_MARK) + vault.SALT_BYTES, vault.PIECE_BYTES + vault.TAG_BYTES
    one, two, three = (whole[head + step * at : head + step * (at + 1)] for at in range(3))
    for damaged in ([one, two], [one, three], [two, one, three], [one, two, three[:-1]], []):
        kept.write_bytes(whole[:head] + b"".join(damaged))
        with pytest.raises((vault.CannotOpen, TypeError)):
            list(files.pieces(kept, "exports", "mine"))  # type: ignore[arg-type]
