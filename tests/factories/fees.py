"""Fee terms as property tests draw them: with no tax, one, or two that are rounded apart."""

from __future__ import annotations

from hypothesis import strategies as st

from payments.fees import FeeTerms

shares_bps = st.integers(0, 2_500)
rates = st.one_of(
    st.sampled_from([(), (81_000,), (192_500,), (200_000,), (50_000, 99_750)]),
    st.lists(st.integers(1, 125_000), max_size=2).map(tuple),
)
fee_terms = st.builds(FeeTerms, shares_bps, shares_bps, rates, rates, rates)
