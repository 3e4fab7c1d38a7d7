-- Runs that can be stopped, what they cost, how outlets fared in them, and alarms.

CREATE TABLE runs_before AS SELECT * FROM runs;
CREATE TABLE run_outlets_before AS SELECT * FROM run_outlets;
DROP TABLE run_outlets;
DROP TABLE runs;

-- A run: one start of `newscrawl run`, `ingest` or `scrapy crawl`. One that never ended is marked as crashed by the next.
CREATE TABLE runs (
    id             INTEGER PRIMARY KEY,
    command        TEXT NOT NULL,
    started_at     TEXT NOT NULL,
    finished_at    TEXT,
    status         TEXT NOT NULL CHECK (status IN ('running', 'good', 'failed', 'stopped', 'crashed')),
    detail         TEXT NOT NULL DEFAULT '',
    exit_code      INTEGER,
    jobs           INTEGER NOT NULL DEFAULT 1,  -- processes that crawled
    cpu_crawl      REAL,                        -- CPU seconds: fetching, reading, storing
    cpu_furniture  REAL,                        -- learning what is furniture
    cpu_stories    REAL                         -- grouping into stories
);
INSERT INTO runs (id, command, started_at, finished_at, status, detail)
SELECT id, command, started_at, finished_at, status, detail FROM runs_before;

-- What one run did at one outlet, and what its pages were like; it grows while the run goes on.
CREATE TABLE run_outlets (
    run_id              INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    outlet              TEXT NOT NULL,
    listings            INTEGER NOT NULL DEFAULT 0,
    listings_failed     INTEGER NOT NULL DEFAULT 0,
    listings_unchanged  INTEGER NOT NULL DEFAULT 0,
    links               INTEGER NOT NULL DEFAULT 0,
    due                 INTEGER NOT NULL DEFAULT 0,
    saved               INTEGER NOT NULL DEFAULT 0,
    new_versions        INTEGER NOT NULL DEFAULT 0,
    unchanged           INTEGER NOT NULL DEFAULT 0,
    rejected            INTEGER NOT NULL DEFAULT 0,
    failed              INTEGER NOT NULL DEFAULT 0,
    gone                INTEGER NOT NULL DEFAULT 0,
    errors              INTEGER NOT NULL DEFAULT 0,
    paused              INTEGER NOT NULL DEFAULT 0,
    capped              INTEGER NOT NULL DEFAULT 0,   -- pages left for later by the limits of a run
    insecure_tls        INTEGER NOT NULL DEFAULT 0,   -- answers taken without a verified certificate
    pages               INTEGER NOT NULL DEFAULT 0,   -- pages asked for that came to an end, good or not
    forbidden           INTEGER NOT NULL DEFAULT 0,   -- of these, 401 and 403
    robots              INTEGER NOT NULL DEFAULT 0,   -- closed by robots.txt
    server_errors       INTEGER NOT NULL DEFAULT 0,   -- 5xx
    truncated           INTEGER NOT NULL DEFAULT 0,   -- broke off
    refused             INTEGER NOT NULL DEFAULT 0,   -- by the guard, for any other reason
    unread              INTEGER NOT NULL DEFAULT 0,   -- fetched, and no article was found on it
    articles            INTEGER NOT NULL DEFAULT 0,   -- pages read as articles, known or not
    dated               INTEGER NOT NULL DEFAULT 0,   -- of these, with a date that could be read
    signed              INTEGER NOT NULL DEFAULT 0,   -- with an author
    quoting             INTEGER NOT NULL DEFAULT 0,   -- with a quotation
    cluttered           INTEGER NOT NULL DEFAULT 0,   -- with more furniture than text
    body_lengths        TEXT NOT NULL DEFAULT '[]',   -- JSON: characters of each body, of at most 200
    learned             INTEGER,                      -- pieces of furniture known of the outlet after the run
    finished            TEXT NOT NULL DEFAULT '',     -- why the crawl ended: `finished` where it came to its end
    updated_at          TEXT,
    PRIMARY KEY (run_id, outlet)
) WITHOUT ROWID;
-- The past of one outlet, newest first: health.
CREATE INDEX run_outlets_by_outlet ON run_outlets (outlet, run_id);
INSERT INTO run_outlets (run_id, outlet, listings, listings_failed, links, due, saved, new_versions, unchanged,
                         rejected, failed, errors, finished)
SELECT run_id, outlet, listings, listings_failed, links, due, saved, new_versions, unchanged,
       rejected, failed, errors, finished
  FROM run_outlets_before;
DROP TABLE run_outlets_before;
DROP TABLE runs_before;

-- On how many pages of an outlet one of its declared selectors found something in one run.
CREATE TABLE run_selectors (
    run_id    INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    outlet    TEXT NOT NULL,
    field     TEXT NOT NULL,  -- `body_css`, `title_css` ...
    selector  TEXT NOT NULL,
    pages     INTEGER NOT NULL,
    matched   INTEGER NOT NULL,
    PRIMARY KEY (outlet, run_id, field)
) WITHOUT ROWID;
-- The selectors of one run; the foreign key.
CREATE INDEX run_selectors_by_run ON run_selectors (run_id);

-- An alarm: an outlet fares otherwise than its own past says it should. It ends when it fares well again.
CREATE TABLE alarms (
    id             INTEGER PRIMARY KEY,
    outlet         TEXT NOT NULL,
    kind           TEXT NOT NULL,
    subject        TEXT NOT NULL DEFAULT '',  -- which selector, where the kind is `selector`
    since          TEXT NOT NULL,
    run_id         INTEGER REFERENCES runs (id) ON DELETE SET NULL,  -- the run that raised it
    text           TEXT NOT NULL,
    ended          TEXT,
    ended_by       INTEGER REFERENCES runs (id) ON DELETE SET NULL,  -- the run that found all well again
    accepted_from  INTEGER                  -- ended by the operator: how the outlet is from this run on is how it is now
);
-- One open alarm of a kind at an outlet.
CREATE UNIQUE INDEX alarms_open ON alarms (outlet, kind, subject) WHERE ended IS NULL;
-- The alarms that a run raised; the foreign key.
CREATE INDEX alarms_by_run ON alarms (run_id) WHERE run_id IS NOT NULL;
-- The alarms that a run ended; the foreign key.
CREATE INDEX alarms_by_end ON alarms (ended_by) WHERE ended_by IS NOT NULL;
