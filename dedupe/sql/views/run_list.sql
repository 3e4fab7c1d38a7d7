-- One row for each run: when, how it ended, and what it brought from how many outlets.
CREATE VIEW run_list AS
SELECT r.id AS run_id,
       r.command,
       r.started_at,
       r.finished_at,
       unixepoch(r.finished_at) - unixepoch(r.started_at) AS seconds,
       r.status,
       r.exit_code,
       r.detail,
       r.jobs,
       (SELECT count(*) FROM run_outlets AS o WHERE o.run_id = r.id) AS outlets,
       (SELECT count(*) FROM run_outlets AS o WHERE o.run_id = r.id AND o.finished NOT IN ('finished', 'run-minutes')) AS outlets_unfinished,
       (SELECT coalesce(sum(o.saved), 0) FROM run_outlets AS o WHERE o.run_id = r.id) AS saved,
       (SELECT coalesce(sum(o.new_versions), 0) FROM run_outlets AS o WHERE o.run_id = r.id) AS new_versions,
       (SELECT coalesce(sum(o.rejected), 0) FROM run_outlets AS o WHERE o.run_id = r.id) AS rejected,
       (SELECT coalesce(sum(o.failed), 0) FROM run_outlets AS o WHERE o.run_id = r.id) AS failed,
       (SELECT count(*) FROM alarms AS a WHERE a.run_id = r.id) AS alarms,
       r.cpu_crawl,
       r.cpu_furniture,
       r.cpu_stories
  FROM runs AS r;
