-- A round whose contract has nothing left of what was released, as all was given back, ends without showing anything.
ALTER TABLE review_round
  ADD COLUMN void boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT review_round_void CHECK (NOT void OR revealed_at IS NOT NULL);

CREATE OR REPLACE FUNCTION review_round_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'DELETE' THEN
        RAISE EXCEPTION 'rounds of reviews are kept' USING errcode = '23001';
    END IF;
    IF (new.id, new.contract_id, new.occasion, new.worked_until, new.opened_at, new.closes_at)
       IS DISTINCT FROM (old.id, old.contract_id, old.occasion, old.worked_until, old.opened_at, old.closes_at)
       OR (old.revealed_at IS NOT NULL AND (new.revealed_at, new.void) IS DISTINCT FROM (old.revealed_at, old.void)) THEN
        RAISE EXCEPTION 'a round of reviews is append-only' USING errcode = '23001';
    END IF;
    IF old.revealed_at IS NULL AND new.revealed_at < new.closes_at
       AND (SELECT count(*) FROM contract_review WHERE round_id = new.id AND sent_at IS NOT NULL) < 2 THEN
        RAISE EXCEPTION 'one side has not sent its review yet, and its time is not over' USING errcode = '23001';
    END IF;
    RETURN new;
END $$;
