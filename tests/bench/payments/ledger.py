"""Postings per second beside pgbench's own tpcb-like, on the same server, in the same run.

The mix is the life of a milestone: fund, release, transfer. Every posting locks one of the few
accounts that all contracts share (our balance, our revenue, VAT), as real ones do.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.bench.payments.server import Server

CLIENTS = 8
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


def measure(server: Server, seconds: int) -> dict[str, float]:
    """Both rates, alternating twice so that a busy minute of the machine meets both."""
    script = server.data_dir / "mix.sql"
    Path(script).write_text(_MIX)
    server.pgbench("-i", "-q", "-s", "10")
    common = ("-n", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds))
    plain, ours = list[float](), list[float]()
    for _ in range(2):
        plain.append(tps(server.pgbench(*common, "-b", "tpcb-like")))
        ours.append(tps(server.pgbench(*common, "-f", str(script))) * POSTINGS_A_SCRIPT)
    return {
        "pgbench_tpcb_per_s": round(sum(plain) / 2, 1),
        "ledger_post_per_s": round(sum(ours) / 2, 1),
        "ratio": round(sum(ours) / sum(plain), 3),
    }
