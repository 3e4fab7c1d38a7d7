-- Every address under which an article was met or is known: as given, as fetched, canonical, AMP.
CREATE VIEW article_urls AS
SELECT article_id,
       url
  FROM addresses;
