-- The copies of an article's text are found without looking through all signatures.

-- The copies of a text; where it changes, is deleted or is parted from them by an editor, they are decided again.
CREATE INDEX signatures_by_original ON signatures (same_text_as) WHERE same_text_as IS NOT NULL;
