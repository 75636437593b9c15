-- Who of a team made a list and who kept a profile on it: hearts go to lists of one's own hand, and
-- take nobody off that a colleague put there. Of teams of several nobody knows any more who it was.
ALTER TABLE shortlist ADD COLUMN made_by_id uuid REFERENCES person (id) ON DELETE RESTRICT;
ALTER TABLE shortlist_entry ADD COLUMN kept_by_id uuid REFERENCES person (id) ON DELETE RESTRICT;
CREATE INDEX shortlist_made_by ON shortlist (made_by_id);
CREATE INDEX shortlist_entry_kept_by ON shortlist_entry (kept_by_id);
UPDATE shortlist SET made_by_id = person_id WHERE person_id IS NOT NULL;
UPDATE shortlist SET made_by_id = alone.person_id
  FROM (SELECT party_id, (array_agg(person_id))[1] AS person_id FROM membership
         GROUP BY party_id HAVING count(*) = 1) alone
 WHERE alone.party_id = shortlist.party_id;
UPDATE shortlist_entry SET kept_by_id = shortlist.made_by_id
  FROM shortlist WHERE shortlist.id = shortlist_entry.shortlist_id;
