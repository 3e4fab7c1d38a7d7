-- One row for each story that one outlet alone covers, of those in the store, with the first of its articles.
CREATE VIEW exclusive_stories AS
SELECT s.id AS story_id,
       a.outlet,
       s.title,
       s.articles,
       s.first_day,
       s.last_day,
       a.id AS article_id,
       a.url,
       a.language,
       a.source_credit,
       m.article_id IS NOT NULL AS shares_text
  FROM stories AS s
  JOIN coverage AS c ON c.story_id = s.id
  JOIN articles AS a ON a.id = c.article_id
  LEFT JOIN family_members AS m ON m.article_id = a.id
 WHERE s.outlets = 1
   AND NOT EXISTS (SELECT 1 FROM coverage AS e WHERE e.story_id = s.id AND e.article_id < c.article_id);
