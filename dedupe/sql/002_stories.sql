-- What clustering keeps: word counts, signatures, the band index, verified pairs, stories and who covers them.

-- In how many articles of a language a word stands. Language '' is for texts whose language is unknown.
CREATE TABLE document_frequencies (
    language  TEXT NOT NULL,
    term      TEXT NOT NULL,
    articles  INTEGER NOT NULL,
    PRIMARY KEY (language, term)
) WITHOUT ROWID;

-- How many articles of a language were counted.
CREATE TABLE counted_articles (
    language  TEXT PRIMARY KEY,
    articles  INTEGER NOT NULL
) WITHOUT ROWID;

-- The signature of an article's present text; an article without one, or with an older version's, waits for clustering.
CREATE TABLE signatures (
    article_id    INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    version       INTEGER NOT NULL,
    day           INTEGER NOT NULL,  -- day number since 0001-01-01: published_day, else the day first seen here
    dated         INTEGER NOT NULL,  -- 1 when the day was printed
    text_hash     BLOB NOT NULL,     -- of the words in order: equal texts, equal hash
    same_text_as  INTEGER,           -- the earlier article with the same hash; such a copy is not in the band index
    bands         BLOB NOT NULL      -- the 64-bit band values, so that they can be taken out again
);
-- Exact copies, before any LSH.
CREATE INDEX signatures_by_text ON signatures (text_hash, day);

-- The band index: which articles of some days share a band value.
CREATE TABLE bands (
    epoch       INTEGER NOT NULL,  -- day divided by the length of an epoch
    value       INTEGER NOT NULL,  -- number of the band and its hash, in 64 bits
    article_id  INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (epoch, value, article_id)
) WITHOUT ROWID;

-- A verified pair, a < b: two articles that share text or tell one story, with the evidence for it.
CREATE TABLE pairs (
    a         INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    b         INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL CHECK (kind IN ('same_text', 'same_story')),
    score     REAL NOT NULL,
    evidence  TEXT NOT NULL,
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
-- The pairs of an article from its other side; the foreign key.
CREATE INDEX pairs_by_b ON pairs (b);

-- A story: articles on one event. An id never changes its meaning.
CREATE TABLE stories (
    id          INTEGER PRIMARY KEY,
    title       TEXT NOT NULL,
    articles    INTEGER NOT NULL,
    outlets     INTEGER NOT NULL,
    first_day   TEXT,
    last_day    TEXT,
    created_at  TEXT NOT NULL
);
-- The front page: the newest stories with the most outlets.
CREATE INDEX stories_by_day ON stories (last_day, outlets);

-- Which article tells which story, and how well it fits: the mean score with the other members (1 when alone).
CREATE TABLE coverage (
    article_id  INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    story_id    INTEGER NOT NULL REFERENCES stories (id),
    score       REAL NOT NULL
);
-- The members of a story.
CREATE INDEX coverage_by_story ON coverage (story_id);

-- An id that was given up when stories grew together, and where it leads now.
CREATE TABLE story_aliases (
    old_id      INTEGER PRIMARY KEY,
    story_id    INTEGER NOT NULL REFERENCES stories (id),
    since       TEXT NOT NULL
);
-- The former ids of a story; the foreign key.
CREATE INDEX story_aliases_by_story ON story_aliases (story_id);
