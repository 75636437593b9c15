-- Further packs are numbered beyond all periods, so that a signed change can add periods (F28).
UPDATE unit SET position = position + 1000 WHERE kind = 'top_up';
