-- A request whose address does not exist is over, and who asked is told.
ALTER TABLE client_reference DROP CONSTRAINT client_reference_status_check,
    ADD CONSTRAINT client_reference_status_check CHECK (status IN (
        'asked', 'confirmed', 'declined', 'disowned', 'expired', 'withdrawn', 'removed', 'ended', 'unreached'));
