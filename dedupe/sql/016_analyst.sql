-- Indexes by which the views answer for a month or an outlet without reading whole tables.

-- Stories by the day on which they began: views that ask for the stories of a month.
CREATE INDEX stories_by_first_day ON stories (first_day, outlets);
-- Versions after the first by when they were seen: what changed in a month.
CREATE INDEX versions_by_time ON versions (seen_at) WHERE number > 1;
-- An outlet's rejects are counted without reading those of all others.
CREATE INDEX rejects_by_outlet ON rejects (outlet);
-- What editors decided of one story.
CREATE INDEX decisions_by_story ON decisions (story_id);
