-- What health compares beside counts: listings with a flaw, and how much of each new text was taken out as furniture.

-- Of the listings read, those that are damaged or cut, in this run or, where unchanged, when they were last read.
ALTER TABLE run_outlets ADD COLUMN listings_flawed INTEGER NOT NULL DEFAULT 0;
-- JSON: per cent of the text of each new article that was taken out as furniture, of at most 200.
ALTER TABLE run_outlets ADD COLUMN furniture_shares TEXT NOT NULL DEFAULT '[]';
-- The piece of furniture that took most text out of these articles.
ALTER TABLE run_outlets ADD COLUMN furniture_most TEXT NOT NULL DEFAULT '';
