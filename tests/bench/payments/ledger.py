"""Postings per second beside pgbench's own tpcb-like, on the same server, in the same run.

The mix is the life of a milestone: fund, release, transfer. Every posting moves some of the few
accounts that all contracts share (our balance, our revenue, VAT), as real ones do.
"""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median

from tests.bench.payments.server import Server

CLIENTS = 8
ROUNDS = 5
_MIX = r"""
\set h random(1, 1000000000)
SELECT ledger_post('fund:b' || :client_id || ':' || :h || ':' || clock_timestamp(), 'fund',
  jsonb_build_array(
    jsonb_build_object('code', 'stripe:platform', 'currency', 'EUR', 'amount', 104385),
    jsonb_build_object('code', 'exp:stripe_fee', 'currency', 'EUR', 'amount', 1615),
    jsonb_build_object('code', 'escrow:' || :h, 'currency', 'EUR', 'amount', -100000),
    jsonb_build_object('code', 'deferred:' || :h, 'currency', 'EUR', 'amount', -6000)),
  'c' || :h, 'h' || :h, 'ch_' || :h);
SELECT ledger_post('release:b' || :client_id || ':' || :h || ':' || clock_timestamp(), 'release',
  jsonb_build_array(
    jsonb_build_object('code', 'escrow:' || :h, 'currency', 'EUR', 'amount', 100000),
    jsonb_build_object('code', 'deferred:' || :h, 'currency', 'EUR', 'amount', 6000),
    jsonb_build_object('code', 'payable:' || :h % 1000, 'currency', 'EUR', 'amount', -88000),
    jsonb_build_object('code', 'rev:commission', 'currency', 'EUR', 'amount', -10000),
    jsonb_build_object('code', 'rev:client_fee', 'currency', 'EUR', 'amount', -5000),
    jsonb_build_object('code', 'tax:vat', 'currency', 'EUR', 'amount', -3000)),
  'c' || :h, 'h' || :h);
SELECT ledger_post('transfer:b' || :client_id || ':' || :h || ':' || clock_timestamp(), 'transfer',
  jsonb_build_array(
    jsonb_build_object('code', 'payable:' || :h % 1000, 'currency', 'EUR', 'amount', 88000),
    jsonb_build_object('code', 'stripe:platform', 'currency', 'EUR', 'amount', -88000)),
  'c' || :h, 'h' || :h, 'tr_' || :h);
"""
POSTINGS_A_SCRIPT = 3


def tps(output: str) -> float:
    """Transactions per second as pgbench says them."""
    found = re.search(r"^tps = ([\d.]+)", output, re.MULTILINE)
    assert found, output
    return float(found[1])


def measure(server: Server, seconds: int) -> dict[str, object]:
    """Both rates in ROUNDS alternating pairs, so that a busy minute of the machine meets both.

    The ratio is the median of the pairs' own ratios. The first pair only fills the tables and the
    caches.
    """
    script = server.data_dir / "mix.sql"
    Path(script).write_text(_MIX)
    server.pgbench("-i", "-q", "-s", "10")
    common = ("-n", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds))
    pairs = list[tuple[float, float]]()
    for _ in range(ROUNDS + 1):
        plain = tps(server.pgbench(*common, "-b", "tpcb-like"))
        ours = tps(server.pgbench(*common, "-f", str(script))) * POSTINGS_A_SCRIPT
        pairs.append((plain, ours))
        server.psql("ANALYZE")
    ratios = [ours / plain for plain, ours in pairs[1:]]
    return {
        "pgbench_tpcb_per_s": round(median(plain for plain, _ in pairs[1:]), 1),
        "ledger_post_per_s": round(median(ours for _, ours in pairs[1:]), 1),
        "ratio": round(median(ratios), 3),
        "ratios": " ".join(f"{ratio:.2f}" for ratio in ratios),
    }
