-- Outlets, articles with their versions and quotations, the seen-table, rejects and runs.

-- An outlet: who publishes.
CREATE TABLE outlets (
    name           TEXT PRIMARY KEY,
    title          TEXT,
    homepage       TEXT,
    language       TEXT,
    country        TEXT,
    timezone       TEXT,
    first_seen_at  TEXT NOT NULL
);

-- An article: one page of one outlet, as last read. What was printed stands beside what was read.
CREATE TABLE articles (
    id                   INTEGER PRIMARY KEY,
    url                  TEXT NOT NULL UNIQUE,
    outlet               TEXT NOT NULL REFERENCES outlets (name),
    title                TEXT NOT NULL,
    body                 TEXT NOT NULL,
    standfirst           TEXT,
    authors              TEXT NOT NULL DEFAULT '[]',
    section              TEXT,
    tags                 TEXT NOT NULL DEFAULT '[]',
    language             TEXT,
    published_text       TEXT,
    published_day        TEXT,
    published_at         TEXT,
    published_zone       TEXT,
    published_precision  TEXT,
    modified_text        TEXT,
    modified_at          TEXT,
    image_url            TEXT,
    image_caption        TEXT,
    image_credit         TEXT,
    source_credit        TEXT,
    is_free              INTEGER,
    page_count           INTEGER NOT NULL DEFAULT 1,
    furniture            TEXT NOT NULL DEFAULT '[]',
    provenance           TEXT NOT NULL DEFAULT '{}',
    raw                  TEXT,
    version              INTEGER NOT NULL DEFAULT 1,
    first_seen_at        TEXT NOT NULL,
    changed_at           TEXT NOT NULL
);
-- One outlet's days, newest first: outlet pages and health.
CREATE INDEX articles_by_outlet_day ON articles (outlet, published_day);
-- A day over all outlets: the front page, exports of a month.
CREATE INDEX articles_by_day ON articles (published_day);

-- An address under which an article was met or is known. A given address leads to one article.
CREATE TABLE addresses (
    url         TEXT PRIMARY KEY,
    article_id  INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE
) WITHOUT ROWID;
-- The addresses of one article; the foreign key.
CREATE INDEX addresses_by_article ON addresses (article_id);

-- A version: an article's text at one time. Number 1 is the first text seen here.
CREATE TABLE versions (
    article_id     INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    number         INTEGER NOT NULL,
    title          TEXT NOT NULL,
    body           TEXT NOT NULL,
    modified_text  TEXT,
    modified_at    TEXT,
    raw            TEXT,
    seen_at        TEXT NOT NULL,
    PRIMARY KEY (article_id, number)
) WITHOUT ROWID;

-- A quotation of an article's present text: body[start:end] in code points is the text.
CREATE TABLE quotes (
    id          INTEGER PRIMARY KEY,
    article_id  INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    text        TEXT NOT NULL,
    "start"     INTEGER NOT NULL,
    "end"       INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    speaker     TEXT,
    role        TEXT,
    cue         TEXT,
    UNIQUE (article_id, position)
);
-- Everything one person said.
CREATE INDEX quotes_by_speaker ON quotes (speaker) WHERE speaker IS NOT NULL;

-- A page of the seen-table: an address that an outlet announced, what became of it and when it was last fetched.
CREATE TABLE pages (
    url              TEXT PRIMARY KEY,
    outlet           TEXT NOT NULL,
    status           TEXT NOT NULL CHECK (status IN ('due', 'article', 'reject', 'failed')),
    failures         INTEGER NOT NULL DEFAULT 0,
    announced_text   TEXT,  -- the date that the listing printed beside it
    article_id       INTEGER REFERENCES articles (id) ON DELETE SET NULL,
    raw              TEXT,
    etag             TEXT,
    last_modified    TEXT,
    first_seen_at    TEXT NOT NULL,
    last_fetched_at  TEXT,
    next_due_at      TEXT
) WITHOUT ROWID;
-- What is left to fetch of an outlet: announced and not fetched yet, or failed.
CREATE INDEX pages_left_over ON pages (outlet, status) WHERE status IN ('due', 'failed');
-- The pages of one article; the foreign key.
CREATE INDEX pages_by_article ON pages (article_id) WHERE article_id IS NOT NULL;
-- Whether a raw body became anything.
CREATE INDEX pages_by_raw ON pages (raw) WHERE raw IS NOT NULL;

-- A reject: a page, line or record that could not become an article, and why.
CREATE TABLE rejects (
    url            TEXT NOT NULL,
    stage          TEXT NOT NULL,
    reason         TEXT NOT NULL,
    detail         TEXT NOT NULL DEFAULT '',
    outlet         TEXT,
    raw            TEXT,
    times          INTEGER NOT NULL DEFAULT 1,
    first_seen_at  TEXT NOT NULL,
    last_seen_at   TEXT NOT NULL,
    PRIMARY KEY (url, stage)
) WITHOUT ROWID;

-- A run: one start of `newscrawl run`, `ingest` or `scrapy crawl`.
CREATE TABLE runs (
    id           INTEGER PRIMARY KEY,
    command      TEXT NOT NULL,
    started_at   TEXT NOT NULL,
    finished_at  TEXT,
    status       TEXT NOT NULL CHECK (status IN ('running', 'good', 'failed', 'crashed')),
    detail       TEXT NOT NULL DEFAULT ''
);

-- What one run did at one outlet.
CREATE TABLE run_outlets (
    run_id           INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    outlet           TEXT NOT NULL,
    listings         INTEGER NOT NULL DEFAULT 0,
    listings_failed  INTEGER NOT NULL DEFAULT 0,
    links            INTEGER NOT NULL DEFAULT 0,
    due              INTEGER NOT NULL DEFAULT 0,
    saved            INTEGER NOT NULL DEFAULT 0,
    new_versions     INTEGER NOT NULL DEFAULT 0,
    unchanged        INTEGER NOT NULL DEFAULT 0,
    rejected         INTEGER NOT NULL DEFAULT 0,
    failed           INTEGER NOT NULL DEFAULT 0,
    errors           INTEGER NOT NULL DEFAULT 0,
    finished         TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (run_id, outlet)
) WITHOUT ROWID;

-- Full text over titles and bodies, diacritics folded ("Jumat" finds "Jum'at" only as two words).
CREATE VIRTUAL TABLE articles_fts USING fts5 (
    title, body, content = 'articles', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER articles_fts_insert AFTER INSERT ON articles BEGIN
    INSERT INTO articles_fts (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TRIGGER articles_fts_delete AFTER DELETE ON articles BEGIN
    INSERT INTO articles_fts (articles_fts, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
END;
CREATE TRIGGER articles_fts_update AFTER UPDATE OF title, body ON articles BEGIN
    INSERT INTO articles_fts (articles_fts, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
    INSERT INTO articles_fts (rowid, title, body) VALUES (new.id, new.title, new.body);
END;

-- Full text over quotations and their speakers.
CREATE VIRTUAL TABLE quotes_fts USING fts5 (
    text, speaker, content = 'quotes', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER quotes_fts_insert AFTER INSERT ON quotes BEGIN
    INSERT INTO quotes_fts (rowid, text, speaker) VALUES (new.id, new.text, new.speaker);
END;
CREATE TRIGGER quotes_fts_delete AFTER DELETE ON quotes BEGIN
    INSERT INTO quotes_fts (quotes_fts, rowid, text, speaker) VALUES ('delete', old.id, old.text, old.speaker);
END;
