-- A review stays when all that was paid was given back after it came out; since when is said with it.
ALTER TABLE review_round
  ADD COLUMN given_back_at timestamptz,
  ADD CONSTRAINT review_round_given_back CHECK (given_back_at IS NULL OR revealed_at IS NOT NULL AND NOT void);
UPDATE review_round o SET given_back_at = back.at
  FROM (SELECT h.contract, max(c.created_at) AS at
          FROM payment_clawback c JOIN payment_holding h ON h.id = c.holding_id
         WHERE c.goes_to = 'payer' GROUP BY h.contract) back
 WHERE back.contract = o.contract_id::text AND back.at > o.revealed_at AND NOT o.void
   AND NOT EXISTS (SELECT FROM payment_holding h
                    WHERE h.contract = back.contract AND h.released_price_minor > 0
                      AND NOT EXISTS (SELECT FROM payment_funding f WHERE f.holding_id = h.id AND f.purpose = 'tip'));
