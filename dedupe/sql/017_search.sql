-- Searches are narrowed by day, outlet and language without reading articles: the index of days has all that they ask.

DROP INDEX articles_by_day;
-- A day over all outlets: the front page, exports of a month, filters of a search; undated articles by when they were seen.
CREATE INDEX articles_by_day ON articles (published_day, first_seen_at, outlet, language);
