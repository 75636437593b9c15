-- Until when Stripe's lists were read through for news that never came; one row.
CREATE TABLE stripe_sweep (
    id       boolean     PRIMARY KEY DEFAULT true,
    swept_at timestamptz NOT NULL,
    CONSTRAINT stripe_sweep_once CHECK (id)
);
