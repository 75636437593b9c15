-- A proof of identity of somebody of whom Stripe still asks something is none.
WITH unproven AS (
  DELETE FROM profile_proof proof USING profile p
   WHERE p.id = proof.profile_id AND proof.proof = 'identity'
     AND NOT EXISTS (SELECT FROM payment_payee payee
                      WHERE payee.id = p.party_id::text AND payee.verified)
  RETURNING p.id)
UPDATE profile SET version = version + 1 WHERE id IN (SELECT id FROM unproven);
