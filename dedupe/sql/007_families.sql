-- What texts have in common, which texts are one family, and copies found again by their original.

-- Two texts, a < b, that are one whole or in part; whatever they tell.
CREATE TABLE text_pairs (
    a        INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    b        INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL CHECK (kind IN ('identical', 'near_identical', 'edited', 'excerpt', 'shared_passage')),
    jaccard  REAL NOT NULL,     -- of the word triples
    a_in_b   REAL NOT NULL,     -- share of a's word triples that stand in b
    b_in_a   REAL NOT NULL,
    words    INTEGER NOT NULL,  -- of the passages that both have
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
-- The pairs of a text from its other side; the foreign key.
CREATE INDEX text_pairs_by_b ON text_pairs (b);

-- A text of a family: it is, holds, stands in or shares a passage with the text of the family's anchor.
CREATE TABLE family_members (
    article_id  INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    family_id   INTEGER NOT NULL,  -- the article whose text the others were compared with: the earliest, where families are small
    shared      REAL NOT NULL      -- share of the article's text that stands elsewhere in the family, 0 to 1
);
-- The members of a family.
CREATE INDEX family_members_by_family ON family_members (family_id);

-- A family that an article has left: deleted, or with another text now. The next clustering groups it anew.
CREATE TABLE families_left (
    family_id   INTEGER NOT NULL,
    article_id  INTEGER NOT NULL,  -- who has left
    PRIMARY KEY (family_id, article_id)
) WITHOUT ROWID;
CREATE TRIGGER family_members_delete AFTER DELETE ON family_members BEGIN
    INSERT OR IGNORE INTO families_left VALUES (old.family_id, old.article_id);
END;

-- A store in which nothing was clustered yet begins with the engine that knows families.
UPDATE clustered_by SET engine = 3 WHERE NOT EXISTS (SELECT 1 FROM signatures);
