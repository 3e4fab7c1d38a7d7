-- Indexes by which the pages of outlets and speakers look at a month without reading articles.

DROP INDEX articles_by_outlet_day;
-- One outlet's days, newest first, with when each article was out: outlet pages and health.
CREATE INDEX articles_by_outlet_day ON articles (outlet, published_day, published_at, first_seen_at);
-- Who speaks in an article: the most quoted of a time.
CREATE INDEX quotes_of_speakers ON quotes (article_id, speaker, role) WHERE speaker IS NOT NULL;
