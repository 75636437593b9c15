-- Any term of a running contract can be changed: why a proposal was declined or withdrawn.
ALTER TABLE contract_change ADD COLUMN answer text NOT NULL DEFAULT '';

-- Under which version of the contract a part's money was funded: later versions leave it alone.
ALTER TABLE unit ADD COLUMN held_version integer;
