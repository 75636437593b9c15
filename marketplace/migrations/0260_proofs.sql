-- What someone proved of an assistant, other than a register: Stripe of who they are, a client of a paper handed in.
CREATE TABLE profile_proof (
  id uuid PRIMARY KEY,
  profile_id uuid NOT NULL REFERENCES profile ON DELETE RESTRICT,
  proof text NOT NULL CONSTRAINT profile_proof_known CHECK (proof IN ('identity', 'insurance')),
  proven_on date NOT NULL,
  valid_until date,
  CONSTRAINT profile_proof_days CHECK (valid_until >= proven_on),
  CONSTRAINT profile_proof_once UNIQUE (profile_id, proof)
);
CREATE INDEX profile_proof_ends ON profile_proof (valid_until) WHERE valid_until IS NOT NULL;

-- Who was verified before: the day of the last look at Stripe is the one we know.
INSERT INTO profile_proof (id, profile_id, proof, proven_on)
SELECT gen_random_uuid(), p.id, 'identity', coalesce(payee.checked_at, payee.created_at)::date
  FROM payment_payee payee JOIN profile p ON p.party_id::text = payee.id
 WHERE payee.status = 'active';
UPDATE profile SET version = version + 1 WHERE id IN (SELECT profile_id FROM profile_proof);
