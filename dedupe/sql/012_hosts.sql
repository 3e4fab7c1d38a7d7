-- What hosts asked of us: pauses, delays, and their robots.txt.

-- A host we ask pages of: until when it wants to be left alone, and when it may be asked next. It outlives the run, so
-- that neither the next one nor another process asks early.
CREATE TABLE hosts (
    host          TEXT PRIMARY KEY,            -- with its port where that is not the usual one
    paused_until  TEXT,                        -- nothing is asked before this moment
    reason        TEXT,                        -- of the latest pause: http-429, http-503, no-answer
    pauses        INTEGER NOT NULL DEFAULT 0,  -- in a row, with no answer between them
    crawl_delay   REAL,                        -- seconds between two requests, as its robots.txt has it
    next_at       TEXT,                        -- the end of the delay after the latest request
    changed_at    TEXT NOT NULL
) WITHOUT ROWID;

-- A robots.txt as last read, of one scheme, host and port; the body is null where there has never been one.
CREATE TABLE robots (
    origin             TEXT PRIMARY KEY,
    status             INTEGER,  -- of the answer that the body is from; 4xx: there is none, and everything is allowed
    body               BLOB,
    fetched_at         TEXT,     -- when that answer came; it holds for a day
    unreachable_since  TEXT      -- the first of the vain tries since then
) WITHOUT ROWID;
