-- Running stories: which stories are of one topic without being one story.

-- A link between two stories of one running topic, story_a < story_b.
CREATE TABLE story_links (
    story_a  INTEGER NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    story_b  INTEGER NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL CHECK (kind IN ('next_development', 'same_topic')),
    score    REAL NOT NULL,  -- of the articles that stand for the two, the days between them left out
    since    TEXT NOT NULL,  -- when the two were first linked
    PRIMARY KEY (story_a, story_b)
) WITHOUT ROWID;
-- The links of a story from their other side; the foreign key.
CREATE INDEX story_links_by_b ON story_links (story_b);
