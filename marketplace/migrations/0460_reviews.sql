-- After a contract, or once it has run long enough, each side may review the other; unseen until both have or the time is over.
CREATE TABLE review_round (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract ON DELETE RESTRICT,
    occasion text NOT NULL,
    worked_until date NOT NULL,
    opened_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    reminded_at timestamptz,
    revealed_at timestamptz,
    CONSTRAINT review_round_occasion CHECK (occasion IN ('under_way', 'ended')),
    CONSTRAINT review_round_once UNIQUE (contract_id, occasion),
    CONSTRAINT review_round_times CHECK (closes_at > opened_at AND revealed_at >= opened_at)
);
CREATE INDEX review_round_open ON review_round (closes_at) WHERE revealed_at IS NULL;
CREATE UNIQUE INDEX review_round_one_open ON review_round (contract_id) WHERE revealed_at IS NULL;

-- `side` writes: a business about its assistant or the reverse, each with the criteria of its side.
CREATE TABLE contract_review (
    id uuid PRIMARY KEY,
    round_id uuid NOT NULL REFERENCES review_round ON DELETE RESTRICT,
    side text NOT NULL,
    author_id uuid NOT NULL REFERENCES party ON DELETE RESTRICT,
    about_id uuid NOT NULL REFERENCES party ON DELETE RESTRICT,
    quality smallint,
    communication smallint NOT NULL,
    deadlines smallint,
    briefs smallint,
    payment smallint,
    again boolean,
    text text NOT NULL DEFAULT '',
    language text NOT NULL,
    named boolean NOT NULL DEFAULT true,
    written_at timestamptz NOT NULL,
    sent_at timestamptz,
    reply text NOT NULL DEFAULT '',
    reply_language text NOT NULL DEFAULT '',
    replied_at timestamptz,
    hidden_at timestamptz,
    hidden_for text NOT NULL DEFAULT '',
    CONSTRAINT contract_review_once UNIQUE (round_id, side),
    CONSTRAINT contract_review_criteria CHECK (
        CASE side
        WHEN 'business' THEN num_nulls(quality, deadlines, again) = 0 AND num_nonnulls(briefs, payment) = 0
        WHEN 'assistant' THEN num_nulls(briefs, payment) = 0 AND num_nonnulls(quality, deadlines, again) = 0
        ELSE false END),
    CONSTRAINT contract_review_marks CHECK (
        communication BETWEEN 1 AND 5 AND quality BETWEEN 1 AND 5 AND deadlines BETWEEN 1 AND 5
        AND briefs BETWEEN 1 AND 5 AND payment BETWEEN 1 AND 5),
    CONSTRAINT contract_review_texts CHECK (length(text) <= 2000 AND length(reply) <= 1000),
    CONSTRAINT contract_review_languages CHECK (language IN ('fr', 'en') AND reply_language IN ('', 'fr', 'en')),
    CONSTRAINT contract_review_reply CHECK ((replied_at IS NULL) = (reply = '') AND (reply = '') = (reply_language = '')),
    CONSTRAINT contract_review_hidden CHECK ((hidden_at IS NULL) = (hidden_for = ''))
);
CREATE INDEX contract_review_author ON contract_review (author_id);
CREATE INDEX contract_review_about ON contract_review (about_id);

-- A round ends once, and not before both sides have sent theirs or the time is over; nothing else of it changes.
CREATE FUNCTION review_round_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'DELETE' THEN
        RAISE EXCEPTION 'rounds of reviews are kept' USING errcode = '23001';
    END IF;
    IF (new.id, new.contract_id, new.occasion, new.worked_until, new.opened_at, new.closes_at)
       IS DISTINCT FROM (old.id, old.contract_id, old.occasion, old.worked_until, old.opened_at, old.closes_at)
       OR (old.revealed_at IS NOT NULL AND new.revealed_at IS DISTINCT FROM old.revealed_at) THEN
        RAISE EXCEPTION 'a round of reviews is append-only' USING errcode = '23001';
    END IF;
    IF old.revealed_at IS NULL AND new.revealed_at < new.closes_at
       AND (SELECT count(*) FROM contract_review WHERE round_id = new.id AND sent_at IS NOT NULL) < 2 THEN
        RAISE EXCEPTION 'one side has not sent its review yet, and its time is not over' USING errcode = '23001';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER review_round_kept BEFORE UPDATE OR DELETE ON review_round
    FOR EACH ROW EXECUTE FUNCTION review_round_kept();

-- What was sent never changes. A reply comes once, after the round; the author's name may go, a review may be hidden.
CREATE FUNCTION contract_review_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    revealed timestamptz;
BEGIN
    IF tg_op = 'DELETE' THEN
        IF old.sent_at IS NOT NULL THEN
            RAISE EXCEPTION 'a review that was sent is kept' USING errcode = '23001';
        END IF;
        RETURN old;
    END IF;
    SELECT revealed_at INTO revealed FROM review_round WHERE id = new.round_id;
    IF tg_op = 'INSERT' OR old.sent_at IS NULL THEN
        IF revealed IS NOT NULL OR new.replied_at IS NOT NULL OR new.hidden_at IS NOT NULL THEN
            RAISE EXCEPTION 'the time of this review is over' USING errcode = '23001';
        END IF;
        RETURN new;
    END IF;
    IF (new.id, new.round_id, new.side, new.author_id, new.about_id, new.quality, new.communication, new.deadlines,
        new.briefs, new.payment, new.again, new.text, new.language, new.written_at, new.sent_at)
       IS DISTINCT FROM
       (old.id, old.round_id, old.side, old.author_id, old.about_id, old.quality, old.communication, old.deadlines,
        old.briefs, old.payment, old.again, old.text, old.language, old.written_at, old.sent_at)
       OR (new.named AND NOT old.named) THEN
        RAISE EXCEPTION 'a review that was sent does not change' USING errcode = '23001';
    END IF;
    IF (new.reply, new.reply_language, new.replied_at) IS DISTINCT FROM (old.reply, old.reply_language, old.replied_at)
       AND (revealed IS NULL OR old.replied_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a review has one reply, once it can be read' USING errcode = '23001';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER contract_review_kept BEFORE INSERT OR UPDATE OR DELETE ON contract_review
    FOR EACH ROW EXECUTE FUNCTION contract_review_kept();

-- Somebody holds that a review is unlawful. The address goes once they were told what was decided.
CREATE TABLE review_report (
    id uuid PRIMARY KEY,
    review_id uuid NOT NULL REFERENCES contract_review ON DELETE RESTRICT,
    ground text NOT NULL,
    said text NOT NULL,
    email text NOT NULL DEFAULT '',
    locale text NOT NULL,
    created_at timestamptz NOT NULL,
    hidden boolean,
    decided_at timestamptz,
    CONSTRAINT review_report_decided CHECK ((hidden IS NULL) = (decided_at IS NULL))
);
CREATE INDEX review_report_review ON review_report (review_id);
CREATE INDEX review_report_open ON review_report (created_at, id) WHERE decided_at IS NULL;

-- What the visible reviews of an assistant add up to: three marks of 1 to 5 each.
ALTER TABLE profile
  ADD COLUMN review_marks integer NOT NULL DEFAULT 0,
  ADD COLUMN reviews integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT profile_review_marks_possible CHECK (review_marks BETWEEN 3 * reviews AND 15 * reviews);
