"""The sandbox's memory: every object, kept in an append-only journal that survives kill -9.

Never knows what an object means. One transaction is one line of the journal, flushed before the
answer leaves; a torn last line (a write cut short) is forgotten, as its answer was never sent.
"""

from __future__ import annotations

import fcntl
import hashlib
import heapq
import itertools
import os
import secrets
import string
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import orjson

from payments.sandbox.errors import StripeError

Json = dict[str, Any]
_ALPHABET = (string.ascii_letters + string.digits).encode()
_LETTERS = bytes(_ALPHABET[byte % len(_ALPHABET)] for byte in range(256))
JOURNAL = "journal.jsonl"

# Fields that lists are filtered by, so that a long history stays quick to search.
_LISTED_BY = frozenset(
    {
        ("payment_method", "customer"),
        ("payment_intent", "customer"),
        ("charge", "payment_intent"),
        ("charge", "transfer_group"),
        ("refund", "charge"),
        ("refund", "payment_intent"),
        ("transfer", "transfer_group"),
        ("transfer", "destination"),
        ("transfer_reversal", "transfer"),
        ("balance_transaction", "source"),
        ("dispute", "charge"),
        ("checkout.session", "payment_intent"),
        ("checkout.session", "setup_intent"),
        ("v2.core.event", "_about"),
    }
)
_INDEXED: dict[str, list[str]] = {}
for _kind, _name in sorted(_LISTED_BY):
    _INDEXED.setdefault(_kind, []).append(_name)


def kind_of(obj: Json) -> str:
    """Stripe's `object` name, or the sandbox's own kind (which begins with `_`)."""
    return str(obj.get("_kind") or obj["object"])


class Store:
    """Objects by id. Change them only through `put`, `edit` and `drop`, inside `transaction`.

    Nested values are replaced, never changed in place: a rollback restores the old ones.
    """

    def __init__(self, folder: Path | None = None, seed: int | None = None) -> None:
        self.objects: dict[str, Json] = {}
        self._kinds: dict[str, dict[str, None]] = {}
        self._index: dict[tuple[str, str, str], dict[str, None]] = {}
        self._due: list[tuple[int, int, str]] = []
        self._undo: dict[str, Json | None] = {}
        self._open = False
        chosen = secrets.randbits(62) if seed is None else seed
        self._meta: Json = {"seed": chosen, "count": 0, "counts": {}}
        self._journal: IO[bytes] | None = None
        self._guard: IO[str] | None = None
        if folder is not None:
            try:
                self._open_journal(folder)
            except BaseException:
                self.close()
                raise

    # -- reading ---------------------------------------------------------------------------

    def find(self, identifier: str) -> Json | None:
        """The object with this id, or None."""
        return self.objects.get(identifier)

    def of_kind(self, kind: str) -> list[Json]:
        """Every object of a kind, newest first."""
        return [self.objects[i] for i in reversed(self._kinds.get(kind, {}))]

    def where(self, kind: str, name: str, value: str) -> list[Json]:
        """Every object of a kind whose field has this value, newest first."""
        if name not in _INDEXED.get(kind, ()):
            return [obj for obj in self.of_kind(kind) if obj.get(name) == value]
        found = [self.objects[i] for i in self._index.get((kind, name, value), {})]
        return sorted(found, key=lambda obj: int(obj["_seq"]), reverse=True)

    def count(self, kind: str) -> int:
        """How many objects of a kind there are."""
        return len(self._kinds.get(kind, {}))

    def counts(self) -> dict[str, int]:
        """How many objects there are of each kind that has any, by name."""
        return {kind: len(ids) for kind, ids in sorted(self._kinds.items()) if ids}

    def newest(self, kind: str, limit: int) -> list[Json]:
        """The newest objects of a kind, oldest of them first."""
        ids = list(itertools.islice(reversed(self._kinds.get(kind, {})), limit))
        return [self.objects[i] for i in reversed(ids)]

    def next_due(self) -> Json | None:
        """The timer that is due first, or None."""
        while self._due:
            due, _, identifier = self._due[0]
            timer = self.objects.get(identifier)
            if timer is not None and timer["due"] == due:
                return timer
            heapq.heappop(self._due)
        return None

    # -- writing ---------------------------------------------------------------------------

    def identifier(self, prefix: str, length: int = 24) -> str:
        """A new id: the same seed and the same history give the same ids.

        Each prefix counts alone, so that a timer that happens a moment earlier or an answer asked
        for once more does not change the ids of everything after it.
        """
        counts = self._meta["counts"]
        counts[prefix] = number = counts.get(prefix, 0) + 1
        digest = hashlib.sha512(f"{self._meta['seed']}:{prefix}:{number}".encode()).digest()
        return f"{prefix}_{digest.translate(_LETTERS)[:length].decode('ascii')}"

    def put(self, obj: Json) -> Json:
        """Keep a new object (its `id` decides)."""
        self._remember(obj["id"], None)
        self._meta["count"] += 1
        obj["_seq"] = self._meta["count"]
        self._insert(obj)
        return obj

    def edit(self, obj: Json, **values: Any) -> Json:
        """Change fields of a kept object."""
        self._remember(obj["id"], obj)
        self._unlink(obj)
        obj.update(values)
        self._link(obj)
        return obj

    def drop(self, obj: Json) -> None:
        """Forget an object."""
        self._remember(obj["id"], obj)
        self._remove(obj["id"])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the changes or none; a `StripeError` that commits (a decline) keeps them."""
        if self._open:  # a timer or page inside a request: one transaction for all
            yield
            return
        self._open, self._undo = True, {}
        try:
            yield
        except StripeError as error:
            if error.commits:
                self._commit()
            else:
                self._rollback()
            raise
        except BaseException:
            self._rollback()
            raise
        else:
            self._commit()
        finally:
            self._open = False

    def close(self) -> None:
        """Close the journal and let another sandbox use the folder."""
        for file in (self._journal, self._guard):
            if file is not None:
                file.close()
        self._journal = self._guard = None

    # -- inside ----------------------------------------------------------------------------

    def _remember(self, identifier: str, obj: Json | None) -> None:
        assert self._open, "the store changes only inside a transaction"
        if identifier not in self._undo:
            self._undo[identifier] = dict(obj) if obj is not None else None

    def _insert(self, obj: Json) -> None:
        self.objects[obj["id"]] = obj
        self._kinds.setdefault(kind_of(obj), {})[obj["id"]] = None
        self._link(obj)

    def _remove(self, identifier: str) -> None:
        obj = self.objects.pop(identifier, None)
        if obj is not None:
            self._kinds[kind_of(obj)].pop(identifier, None)
            self._unlink(obj)

    def _link(self, obj: Json) -> None:
        kind = kind_of(obj)
        for name in _INDEXED.get(kind, ()):
            if isinstance(obj.get(name), str):
                self._index.setdefault((kind, name, obj[name]), {})[obj["id"]] = None
        if kind == "_timer":
            heapq.heappush(self._due, (obj["due"], obj["_seq"], obj["id"]))

    def _unlink(self, obj: Json) -> None:
        kind = kind_of(obj)
        for name in _INDEXED.get(kind, ()):
            if isinstance(obj.get(name), str):
                self._index.get((kind, name, obj[name]), {}).pop(obj["id"], None)

    def _rollback(self) -> None:
        for identifier, before in self._undo.items():
            current = self.objects.get(identifier)
            if before is None:
                self._remove(identifier)
            elif current is None:
                self._insert(before)
                ids = self._kinds[kind_of(before)]  # back to its place: lists are newest first
                self._kinds[kind_of(before)] = dict.fromkeys(
                    sorted(ids, key=lambda i: int(self.objects[i]["_seq"]))
                )
            else:
                self._unlink(current)
                current.clear()
                current.update(before)
                self._link(current)

    def _commit(self) -> None:
        if self._journal is None or not self._undo:
            return
        changed = [self.objects[i] for i in self._undo if i in self.objects]
        dropped = [i for i in self._undo if i not in self.objects]
        self._write(self._journal, {"put": changed, "drop": dropped, "meta": self._meta})

    @staticmethod
    def _write(journal: IO[bytes], record: Json) -> None:
        journal.write(orjson.dumps(record) + b"\n")
        journal.flush()

    def _open_journal(self, folder: Path) -> None:
        """Read the journal, write it again compacted, and go on appending to it."""
        folder.mkdir(parents=True, exist_ok=True)
        self._guard = (folder / "lock").open("w")
        try:
            fcntl.flock(self._guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"another sandbox already uses {folder}") from None
        path = folder / JOURNAL
        if path.exists():
            self._read(path)
        draft = path.with_suffix(".tmp")
        with draft.open("wb") as snapshot:
            self._write(snapshot, {"put": [], "drop": [], "meta": self._meta})
            for obj in self.objects.values():
                self._write(snapshot, {"put": [obj], "drop": [], "meta": {}})
            os.fsync(snapshot.fileno())
        draft.replace(path)
        self._journal = path.open("ab")

    def _read(self, path: Path) -> None:
        found: dict[str, Json] = {}
        with path.open("rb") as lines:
            for line in lines:
                try:
                    record = orjson.loads(line)
                except ValueError:
                    if line.endswith(b"\n"):
                        raise SystemExit(f"{path} is damaged before its last line") from None
                    break  # torn by a kill: its answer was never sent
                self._meta.update(record["meta"])
                found.update((obj["id"], obj) for obj in record["put"])
                for identifier in record["drop"]:
                    found.pop(identifier, None)
        for obj in sorted(found.values(), key=lambda o: int(o["_seq"])):
            self._insert(obj)  # in the order of their making: lists are newest first
