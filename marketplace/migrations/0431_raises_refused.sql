-- A raise whose card was refused before tries were kept: its client was asked to pay by hand, and is not charged by a tick.
UPDATE unit SET raise_tried = raised_minutes
 WHERE raised_minutes IS NOT NULL AND raise_tried IS NULL
   AND EXISTS (SELECT FROM payment_funding f WHERE f.holding_id = unit.id::text AND f.status = 'failed');
