-- One row for each outlet that was ever crawled: its last run, when its last crawl came to its end, and its open alarms.
CREATE VIEW outlet_health AS
SELECT o.name AS outlet,
       o.title,
       l.run_id AS last_run_id,
       r.started_at AS last_run_at,
       l.finished,
       l.listings,
       l.listings_failed,
       l.listings_flawed,
       l.links,
       l.saved,
       l.new_versions,
       l.unchanged,
       l.rejected,
       l.failed,
       l.gone,
       l.errors,
       (SELECT g.started_at
          FROM run_outlets AS f
          JOIN runs AS g ON g.id = f.run_id
         WHERE f.outlet = o.name AND f.finished IN ('finished', 'run-minutes')
         ORDER BY f.run_id DESC LIMIT 1) AS last_finished_at,
       (SELECT count(*) FROM alarms AS a WHERE a.outlet = o.name AND a.ended IS NULL) AS open_alarms,
       (SELECT min(a.since) FROM alarms AS a WHERE a.outlet = o.name AND a.ended IS NULL) AS alarm_since,
       (SELECT group_concat(a.text, '; ') FROM alarms AS a WHERE a.outlet = o.name AND a.ended IS NULL) AS alarm_text
  FROM outlets AS o
  JOIN run_outlets AS l ON l.outlet = o.name
                       AND l.run_id = (SELECT max(m.run_id) FROM run_outlets AS m WHERE m.outlet = o.name)
  JOIN runs AS r ON r.id = l.run_id;
