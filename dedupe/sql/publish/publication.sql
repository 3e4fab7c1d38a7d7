-- That a store is a published one: when it was made, and what its texts are. One row.
CREATE TABLE publication (
    id                 INTEGER PRIMARY KEY CHECK (id = 1),
    made_at            TEXT NOT NULL,
    texts              TEXT NOT NULL CHECK (texts IN ('excerpts', 'whole')),
    longest_excerpt    INTEGER,  -- characters; empty where texts are whole
    longest_quotation  INTEGER,
    about              TEXT NOT NULL
);
