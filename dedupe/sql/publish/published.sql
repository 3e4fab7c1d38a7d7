-- What a published store holds of the store it is made from, column by column; a column that is not named here stays
-- behind. `excerpt`, `change`, `quotation` and `short` cut texts unless whole ones were asked for, and `editor` hides
-- who decided.

INSERT INTO main.outlets (name, title, homepage, language, country, timezone, first_seen_at)
SELECT name, title, homepage, language, country, timezone, first_seen_at
  FROM source.outlets;

INSERT INTO main.articles (
    id, url, outlet, title, body, standfirst, authors, section, tags, language,
    published_text, published_day, published_at, published_zone, published_precision, modified_text, modified_at,
    image_url, image_caption, image_credit, source_credit, is_free, page_count, furniture, provenance,
    version, first_seen_at, changed_at)
SELECT id, url, outlet, excerpt(title), excerpt(body), excerpt(standfirst), short(authors), excerpt(section), short(tags),
       language,
       excerpt(published_text), published_day, published_at, published_zone, published_precision, excerpt(modified_text),
       modified_at,
       image_url, excerpt(image_caption), excerpt(image_credit), excerpt(source_credit), is_free, page_count,
       whole(furniture, '[]'), short(provenance),
       version, first_seen_at, changed_at
  FROM source.articles
 ORDER BY id;

INSERT INTO main.addresses (url, article_id)
SELECT url, article_id
  FROM source.addresses;

-- A version shows where it begins to differ from the one before: an excerpt of its beginning might not.
INSERT INTO main.versions (article_id, number, title, body, modified_text, modified_at, seen_at)
SELECT v.article_id, v.number, excerpt(v.title), change(b.body, v.body), excerpt(v.modified_text), v.modified_at, v.seen_at
  FROM source.versions AS v
  LEFT JOIN source.versions AS b ON b.article_id = v.article_id AND b.number = v.number - 1
 ORDER BY v.article_id, v.number;

-- A quotation that does not stand in what is left of its article has no place there: from 0 to 0.
INSERT INTO main.quotes (id, article_id, position, text, "start", "end", kind, speaker, role, cue)
SELECT q.id, q.article_id, q.position, quotation(q.text),
       CASE WHEN substr(a.body, q."start" + 1, q."end" - q."start") = q.text THEN q."start" ELSE 0 END,
       CASE WHEN substr(a.body, q."start" + 1, q."end" - q."start") = q.text THEN q."end" ELSE 0 END,
       q.kind, excerpt(q.speaker), excerpt(q.role), excerpt(q.cue)
  FROM source.quotes AS q
  JOIN main.articles AS a ON a.id = q.article_id
 ORDER BY q.id;

INSERT INTO main.stories (id, title, articles, outlets, first_day, last_day, created_at)
SELECT id, excerpt(title), articles, outlets, first_day, last_day, created_at
  FROM source.stories;

INSERT INTO main.coverage (article_id, story_id, score)
SELECT article_id, story_id, score
  FROM source.coverage;

INSERT INTO main.story_aliases (old_id, story_id, since)
SELECT old_id, story_id, since
  FROM source.story_aliases;

INSERT INTO main.emptied_stories (old_id, title, since)
SELECT old_id, excerpt(title), since
  FROM source.emptied_stories;

INSERT INTO main.story_links (story_a, story_b, kind, score, since)
SELECT story_a, story_b, kind, score, since
  FROM source.story_links;

INSERT INTO main.pairs (a, b, kind, score, evidence)
SELECT a, b, kind, score, short(evidence)
  FROM source.pairs;

INSERT INTO main.text_pairs (a, b, kind, jaccard, a_in_b, b_in_a, words)
SELECT a, b, kind, jaccard, a_in_b, b_in_a, words
  FROM source.text_pairs;

INSERT INTO main.family_members (article_id, family_id, shared)
SELECT article_id, family_id, shared
  FROM source.family_members;

INSERT INTO main.decisions (id, kind, story_id, other_id, made_at, made_by, why, overruled_by, undone_at, undone_by, undone_why)
SELECT id, kind, story_id, other_id, made_at, editor(made_by), excerpt(why), overruled_by, undone_at, editor(undone_by),
       excerpt(undone_why)
  FROM source.decisions;

INSERT INTO main.decision_articles (decision_id, article_id, side)
SELECT decision_id, article_id, side
  FROM source.decision_articles;

-- What a passage that is looked up is weighed by. A word that one article alone has would tell of a text that is cut.
INSERT INTO main.document_frequencies (language, term, articles)
SELECT language, term, articles
  FROM source.document_frequencies
 WHERE articles > 1;

INSERT INTO main.counted_articles (language, articles)
SELECT language, articles
  FROM source.counted_articles;

-- Pages that could not be read, of the web alone: a line of a file that was read in is named by the file's place.
INSERT INTO main.rejects (url, stage, reason, outlet, times, first_seen_at, last_seen_at)
SELECT url, stage, excerpt(reason), outlet, times, first_seen_at, last_seen_at
  FROM source.rejects
 WHERE url GLOB 'http://*' OR url GLOB 'https://*';

-- A run's command without what was typed behind it.
INSERT INTO main.runs (id, command, started_at, finished_at, status, exit_code, jobs, cpu_crawl, cpu_furniture, cpu_stories)
SELECT id, substr(command, 1, instr(command || ' ', ' ') - 1), started_at, finished_at, status, exit_code, jobs,
       cpu_crawl, cpu_furniture, cpu_stories
  FROM source.runs;

INSERT INTO main.run_outlets (
    run_id, outlet, listings, listings_failed, listings_unchanged, links, due, saved, new_versions, unchanged, rejected,
    failed, gone, errors, paused, capped, insecure_tls, pages, forbidden, robots, server_errors, truncated, refused,
    unread, articles, dated, signed, quoting, cluttered, body_lengths, learned, finished, updated_at, listings_flawed,
    furniture_shares, furniture_most)
SELECT run_id, outlet, listings, listings_failed, listings_unchanged, links, due, saved, new_versions, unchanged, rejected,
       failed, gone, errors, paused, capped, insecure_tls, pages, forbidden, robots, server_errors, truncated, refused,
       unread, articles, dated, signed, quoting, cluttered, body_lengths, learned, excerpt(finished), updated_at, listings_flawed,
       furniture_shares, excerpt(furniture_most)
  FROM source.run_outlets;

INSERT INTO main.alarms (id, outlet, kind, subject, since, run_id, text, ended, ended_by, accepted_from)
SELECT id, outlet, kind, excerpt(subject), since, run_id, excerpt(text), ended, ended_by, accepted_from
  FROM source.alarms;
