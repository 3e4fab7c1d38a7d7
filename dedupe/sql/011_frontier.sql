-- When what is asked for again: listings with their polling, pages with their next look; ids that are never given twice.

-- A listing: a feed, sitemap, section or index page, what its last answer said and when it is asked again.
CREATE TABLE listings (
    url            TEXT PRIMARY KEY,  -- in a back-fill with "#", since and until behind it: a reading of its own
    outlet         TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('feed', 'news_sitemap', 'sitemap', 'section', 'index')),
    parent         TEXT,              -- what led to it: the index of sitemaps, the pattern of index pages
    is_pending     INTEGER NOT NULL DEFAULT 0,  -- 1 from when its parent names it until it is read
    said_modified  TEXT,              -- the time of its last change, as its parent prints it
    read_modified  TEXT,              -- the same, when it was last read
    read_as        TEXT,              -- digest of the outlet's declarations it was read with
    http_status    INTEGER,
    etag           TEXT,
    last_modified  TEXT,
    body_hash      TEXT,
    links          INTEGER NOT NULL DEFAULT 0,  -- links to articles that it had when last read
    failures       INTEGER NOT NULL DEFAULT 0,  -- in a row
    poll_seconds   INTEGER,           -- how long it is left alone now; follows how often it brings something
    first_seen_at  TEXT NOT NULL,
    last_asked_at  TEXT,
    last_read_at   TEXT,
    last_news_at   TEXT,              -- when it last brought something new
    next_due_at    TEXT
) WITHOUT ROWID;
-- What a listing led to; of that, what is not read yet.
CREATE INDEX listings_by_parent ON listings (outlet, parent, is_pending) WHERE parent IS NOT NULL;

-- When a page was news: the date its announcement prints, else when it was first seen. The newest are asked for first.
ALTER TABLE pages ADD COLUMN news_at TEXT;
-- How often an article was looked at again.
ALTER TABLE pages ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;
-- Since when a page answers 404 or 410.
ALTER TABLE pages ADD COLUMN missed_at TEXT;
-- When a page was found gone: 404 or 410 twice, a day or more apart. What was saved of it stays.
ALTER TABLE pages ADD COLUMN gone_at TEXT;
UPDATE pages SET news_at = first_seen_at;
UPDATE pages SET next_due_at = coalesce(last_fetched_at, first_seen_at) WHERE status = 'failed' AND failures < 3;

DROP INDEX pages_left_over;
-- What is announced and not fetched yet, the newest first.
CREATE INDEX pages_due ON pages (outlet, news_at) WHERE status = 'due';
-- What failed, for who does not want to wait, the newest first.
CREATE INDEX pages_failed ON pages (outlet, news_at) WHERE status = 'failed';
-- What is to be tried or looked at again, and when.
CREATE INDEX pages_again ON pages (outlet, next_due_at) WHERE next_due_at IS NOT NULL;

-- The highest id of an article that was deleted: no other article gets it, whoever kept it as a reference.
CREATE TABLE highest_ids (
    what  TEXT PRIMARY KEY,
    id    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER articles_highest_id AFTER DELETE ON articles BEGIN
    INSERT INTO highest_ids VALUES ('articles', old.id)
        ON CONFLICT (what) DO UPDATE SET id = max(id, excluded.id);
END;
