-- One row for each story and each story linked to it: another event of the same running topic, or its next development.
CREATE VIEW story_links_list AS
SELECT l.story_id,
       l.linked_story_id,
       s.title AS linked_title,
       s.first_day AS linked_first_day,
       s.last_day AS linked_last_day,
       s.outlets AS linked_outlets,
       s.articles AS linked_articles,
       l.kind,
       l.score,
       l.since
  FROM (SELECT story_a AS story_id, story_b AS linked_story_id, kind, score, since FROM story_links
        UNION ALL
        SELECT story_b, story_a, kind, score, since FROM story_links) AS l
  JOIN stories AS s ON s.id = l.linked_story_id;
