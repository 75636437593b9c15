-- no-transaction
-- What failed is looked for by kind and by night; a healthy queue holds little else for long.
CREATE INDEX CONCURRENTLY IF NOT EXISTS procrastinate_jobs_failed
    ON procrastinate_jobs (task_name) WHERE status = 'failed';
