-- Editors' decisions on stories; what deleted articles leave behind; ids whose stories have lost every article.

-- A decision of an editor: it wins over every clustering until it is undone or a later decision says otherwise.
CREATE TABLE decisions (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('merge', 'split')),
    story_id      INTEGER NOT NULL,  -- the story that kept its id
    other_id      INTEGER NOT NULL,  -- merge: the story that became part of it; split: the new story of the parted ones
    made_at       TEXT NOT NULL,
    made_by       TEXT NOT NULL,
    why           TEXT NOT NULL,
    overruled_by  INTEGER REFERENCES decisions (id),  -- the newest later one that contradicts it, on what both name
    undone_at     TEXT,
    undone_by     TEXT,
    undone_why    TEXT
);
-- The decisions that one decision overrules; the foreign key.
CREATE INDEX decisions_by_overruling ON decisions (overruled_by) WHERE overruled_by IS NOT NULL;

-- An article that a decision names, and on which side of it: a merge binds all of them together, a split binds those of
-- the side "other" together and keeps them apart from those of the side "story".
CREATE TABLE decision_articles (
    decision_id  INTEGER NOT NULL REFERENCES decisions (id),
    article_id   INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    side         TEXT NOT NULL CHECK (side IN ('story', 'other')),
    PRIMARY KEY (decision_id, article_id)
) WITHOUT ROWID;
-- What was decided of an article; the foreign key.
CREATE INDEX decision_articles_by_article ON decision_articles (article_id);

-- A story that has lost its last article, or an id that led to it: the id leads nowhere now, and no other gets it.
CREATE TABLE emptied_stories (
    old_id  INTEGER PRIMARY KEY,
    title   TEXT NOT NULL,
    since   TEXT NOT NULL
);

-- What a deleted article leaves for the next clustering to clear away: its story and its entries in the band index.
CREATE TABLE left_behind (
    id          INTEGER PRIMARY KEY,
    article_id  INTEGER NOT NULL,
    story_id    INTEGER,
    day         INTEGER NOT NULL,
    bands       BLOB NOT NULL
);
-- The articles whose story is to be decided again though their texts are as before.
CREATE INDEX signatures_undecided ON signatures (article_id) WHERE version = 0;
CREATE TRIGGER articles_left_behind BEFORE DELETE ON articles BEGIN
    INSERT INTO left_behind (article_id, story_id, day, bands)
        SELECT article_id, (SELECT story_id FROM coverage WHERE article_id = old.id), day, bands
          FROM signatures WHERE article_id = old.id;
    UPDATE signatures SET version = 0 WHERE same_text_as = old.id;
END;
