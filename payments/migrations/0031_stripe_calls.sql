-- Calls to Stripe of all processes, added up: operation and outcome, how long they took in total and how many fell
-- into each bucket of duration (payments/gateway/meter.py names their bounds).
CREATE TABLE stripe_call (
    operation text     NOT NULL,
    outcome   text     NOT NULL,
    total_ms  bigint   NOT NULL,
    buckets   bigint[] NOT NULL,
    PRIMARY KEY (operation, outcome)
);
