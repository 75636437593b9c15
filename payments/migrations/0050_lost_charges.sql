-- A bank also takes back what was paid beyond what was asked for: such a dispute has a charge and no funding. And a
-- dispute's loss, what came back of it and where a payee may be made to bear it are read in one place.

ALTER TABLE payment_dispute
    ALTER COLUMN funding_id DROP NOT NULL,
    ADD COLUMN charge     text,
    ADD COLUMN holding_id text REFERENCES payment_holding (id) ON DELETE RESTRICT;
UPDATE payment_dispute d SET charge = f.charge, holding_id = f.holding_id
  FROM payment_funding f WHERE f.id = d.funding_id;
ALTER TABLE payment_dispute
    ALTER COLUMN charge SET NOT NULL,
    ALTER COLUMN holding_id SET NOT NULL;
CREATE INDEX payment_dispute_charge ON payment_dispute (charge);
CREATE INDEX payment_dispute_holding ON payment_dispute (holding_id);
CREATE INDEX payment_movement_charge ON payment_movement (charge);

-- The lost dispute that a clawback covers.
ALTER TABLE payment_clawback ADD COLUMN dispute text REFERENCES payment_dispute (id) ON DELETE RESTRICT;
CREATE INDEX payment_clawback_dispute ON payment_clawback (dispute) WHERE dispute IS NOT NULL;
UPDATE payment_clawback SET dispute = substr(id, 9)
 WHERE goes_to = 'loss' AND substr(id, 9) IN (SELECT d.id FROM payment_dispute d) AND id LIKE 'dispute:%';

-- How much, in price before tax, of a disputed charge's money was released, holding by holding: all that was released of
-- the one it was paid for; of those it was carried on to, what was transferred out of this charge.
CREATE VIEW payment_dispute_reach AS
SELECT d.id AS dispute, h.id AS holding, h.id = f.holding_id AS paid_for,
       CASE WHEN h.id = f.holding_id OR sent.minor >= released.net THEN h.released_price_minor
            ELSE div(h.released_price_minor::numeric * sent.minor, released.net)::bigint END AS price_minor
  FROM payment_dispute d
  JOIN payment_funding f ON f.id = d.funding_id
  JOIN payment_holding h ON h.id = f.holding_id
                         OR h.id IN (SELECT l.holding_id FROM payment_lot l WHERE l.funding_id = f.id)
 CROSS JOIN LATERAL (SELECT h.released_price_minor + h.released_price_vat_minor - h.released_assistant_fee_minor
                            - h.released_assistant_fee_vat_minor AS net) released
 CROSS JOIN LATERAL (SELECT coalesce(sum(m.amount_minor - m.reversed_minor), 0) AS minor FROM payment_movement m
                      WHERE m.holding = h.id AND m.funding_id = f.id AND m.kind = 'transfer'
                        AND m.status NOT IN ('failed', 'withdrawn')) sent;

-- Of each dispute: our loss so far, what was released of its money, and what of the loss a payee may be made to bear:
-- the price in it (not our own fees), less what they were made to bear already.
CREATE VIEW payment_dispute_account AS
SELECT d.id AS dispute, loss.minor AS loss_minor, reach.minor AS released_minor,
       CASE WHEN d.status = 'lost' THEN greatest(0, least(reach.minor,
            div((loss.minor + loss.recovered)::numeric * paid.price_minor, paid.captured_minor)::bigint
            - borne.minor)) ELSE 0 END AS recoverable_minor
  FROM payment_dispute d
  JOIN payment_holding h ON h.id = d.holding_id
  LEFT JOIN payment_funding f ON f.id = d.funding_id
 CROSS JOIN LATERAL (SELECT coalesce(f.price_minor, 0) AS price_minor,
                            coalesce(f.captured_minor, 1) AS captured_minor) paid
 CROSS JOIN LATERAL (SELECT coalesce(sum(r.price_minor), 0)::bigint AS minor
                       FROM payment_dispute_reach r WHERE r.dispute = d.id) reach
 CROSS JOIN LATERAL (SELECT coalesce(sum(c.price_minor), 0)::bigint AS minor
                       FROM payment_clawback c WHERE c.dispute = d.id) borne
 CROSS JOIN LATERAL (
    SELECT coalesce(sum(e.amount_minor), 0)::bigint AS minor,
           coalesce(-sum(e.amount_minor) FILTER (WHERE t.ref ? 'clawback'), 0)::bigint AS recovered
      FROM ledger_transaction t
      JOIN ledger_line e ON e.transaction_id = t.id
     WHERE t.contract = h.contract AND e.code = 'exp:dispute_loss'
       AND (t.key = 'dispute_lost:' || d.id OR t.kind = 'recovery' AND t.ref ->> 'dispute' = d.id)) loss;
