"""What must always be true of the campaigns' tables."""

from campaigns.services import figures
from kernel.invariants import invariant

invariant(
    "campaigns.once",
    "No step is live that has run already in this pass.",
    "SELECT s.visit_id, s.node_id, s.pass FROM step s JOIN step_log l"
    " ON l.node_id = s.node_id AND l.visit_id = s.visit_id AND l.pass = s.pass",
)
invariant(
    "campaigns.live_steps_are_on_a_way",
    "Every live step belongs to a visit under way, of the same contact.",
    "SELECT s.visit_id, s.node_id, s.pass FROM step s LEFT JOIN visit v ON v.id = s.visit_id"
    " AND v.contact_id = s.contact_id WHERE v.id IS NULL OR v.left_at IS NOT NULL",
)
invariant(
    "campaigns.every_way_stands_somewhere",
    "Every visit under way has a live step.",
    "SELECT v.id FROM visit v WHERE v.left_at IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM step s WHERE s.visit_id = v.id)",
)
invariant(
    "campaigns.of_somebody",
    "Every visit under way is a contact's.",
    "SELECT v.id FROM visit v LEFT JOIN contact c ON c.id = v.contact_id"
    " WHERE v.left_at IS NULL AND c.id IS NULL",
)
invariant(
    "campaigns.figures_of_steps",
    "The figures of a step are its live and finished rows.",
    "SELECT * FROM (SELECT n.id, f.waiting, f.done, f.yes, f.no, f.not_measurable, f.failed,"
    " (SELECT ROW(count(*) FILTER (WHERE state <> 3), count(*) FILTER (WHERE state = 3))::text"
    "  FROM step WHERE node_id = n.id) live,"
    " (SELECT ROW(count(*), count(*) FILTER (WHERE outcome = 2),"
    "  count(*) FILTER (WHERE outcome = 3), count(*) FILTER (WHERE outcome = 4))::text"
    "  FROM step_log WHERE node_id = n.id) finished"
    " FROM campaign_node n LEFT JOIN LATERAL (SELECT coalesce(sum(waiting), 0) waiting,"
    " coalesce(sum(done), 0) done, coalesce(sum(yes), 0) yes, coalesce(sum(no), 0) AS no,"
    " coalesce(sum(not_measurable), 0) not_measurable, coalesce(sum(failed), 0) failed"
    " FROM (SELECT node_id, waiting, done, yes, no, not_measurable, failed FROM node_count"
    "  UNION ALL SELECT node_id, waiting, done, yes, no, not_measurable, failed FROM node_delta"
    "  WHERE branch = 0)"
    " x WHERE x.node_id = n.id) f ON true WHERE n.name <> 'start') checked"
    " WHERE live <> ROW(waiting, failed)::text"
    " OR finished <> ROW(done, yes, no, not_measurable)::text",
)
invariant(
    "campaigns.figures_of_the_whole",
    "The figures of a campaign are its visits.",
    "SELECT * FROM (SELECT n.campaign_id, (SELECT ROW(coalesce(sum(waiting), 0),"
    " coalesce(sum(done), 0), coalesce(sum(yes), 0))::text FROM (SELECT node_id, waiting, done,"
    " yes FROM node_count UNION ALL SELECT node_id, waiting, done, yes FROM node_delta"
    " WHERE branch = 0) x"
    " WHERE x.node_id = n.id) figures, (SELECT ROW(count(*) FILTER (WHERE left_at IS NULL),"
    " count(*), count(*) FILTER (WHERE number = 1))::text FROM visit"
    " WHERE campaign_id = n.campaign_id) ways FROM campaign_node n WHERE n.name = 'start') checked"
    " WHERE figures <> ways",
)
_BY_DAY = (
    "(SELECT node_id, version_id, branch, waiting, failed, done, yes, no, not_measurable, skipped"
    " FROM node_day UNION ALL SELECT node_id, version_id, branch, waiting, failed, done, yes, no,"
    " not_measurable, skipped FROM node_delta)"
)
invariant(
    "campaigns.figures_by_version",
    "The figures of a step by version and day are the live and finished rows of its ways.",
    "SELECT campaign_id, name, version_id, branch, sum(waiting), sum(failed), sum(done), sum(yes),"  # noqa: S608
    " sum(no), sum(not_measurable), sum(skipped) FROM ("
    " SELECT n.campaign_id, n.name, d.version_id, d.branch, d.waiting, d.failed, d.done, d.yes,"
    "  d.no, d.not_measurable, d.skipped FROM campaign_node n"
    f" JOIN {_BY_DAY} d ON d.node_id = n.id WHERE n.name <> 'start'"
    " UNION ALL SELECT n.campaign_id, n.name, v.version_id, 0, -(s.state <> 3)::int,"
    "  -(s.state = 3)::int, 0, 0, 0, 0, 0"
    "  FROM campaign_node n JOIN step s ON s.node_id = n.id JOIN visit v ON v.id = s.visit_id"
    " UNION ALL SELECT n.campaign_id, n.name, v.version_id, b.branch, 0, 0, -1,"
    "  -(b.branch = 0 AND outcome = 2)::int, -(b.branch = 0 AND outcome = 3)::int,"
    "  -(b.branch = 0 AND outcome = 4)::int, -(b.branch = 0 AND outcome = 5)::int"
    "  FROM campaign_node n JOIN step_log l ON l.node_id = n.id JOIN visit v ON v.id = l.visit_id"
    "  CROSS JOIN LATERAL (SELECT 0 branch UNION ALL SELECT outcome - 99 WHERE outcome >= 100) b"
    " ) x GROUP BY 1, 2, 3, 4 HAVING ROW(sum(waiting), sum(failed), sum(done), sum(yes), sum(no),"
    " sum(not_measurable), sum(skipped)) <> ROW(0, 0, 0, 0, 0, 0, 0)",
)
invariant(
    "campaigns.figures_of_entries",
    "Entries, and who is on the way, by version are its visits.",
    "SELECT campaign_id, version_id, sum(waiting), sum(done), sum(yes) FROM ("  # noqa: S608
    f" SELECT n.campaign_id, d.version_id, d.waiting, d.done, d.yes FROM campaign_node n"
    f" JOIN {_BY_DAY} d ON d.node_id = n.id WHERE n.name = 'start'"
    " UNION ALL SELECT campaign_id, version_id, -(left_at IS NULL)::int, -1, -(number = 1)::int"
    "  FROM visit WHERE campaign_id IN (SELECT campaign_id FROM campaign_node WHERE name = 'start')"
    " ) x GROUP BY 1, 2 HAVING ROW(sum(waiting), sum(done), sum(yes)) <> ROW(0, 0, 0)",
)
_ALL = ", ".join(figures.ALL)
_SUMS = ", ".join(f"sum({name})" for name in figures.ALL)
_LESS = ", ".join(f"-{name}" for name in figures.ALL)
_ZEROS = ", ".join("0" for _name in figures.ALL)
invariant(
    "campaigns.figures_are_kept_alike",
    "What is kept of a step by version, and as a whole, is the sum of its days.",
    f"SELECT node_id, version_id, branch FROM ("  # noqa: S608
    f"SELECT node_id, version_id, branch, {_ALL} FROM node_day"
    f" UNION ALL SELECT node_id, version_id, branch, {_LESS} FROM node_version) k"
    f" GROUP BY 1, 2, 3 HAVING ROW({_SUMS}) <> ROW({_ZEROS})"
    f" UNION ALL SELECT node_id, NULL, 0 FROM (SELECT node_id, {_ALL} FROM node_count"
    f" UNION ALL SELECT node_id, {_LESS} FROM node_version WHERE branch = 0) k"
    f" GROUP BY 1 HAVING ROW({_SUMS}) <> ROW({_ZEROS})",
)
invariant(
    "campaigns.who_is_counted_came",
    "Whoever passed a step, or stands there, came to it; whoever is parked failed.",
    "SELECT n.campaign_id, n.name, f.version_id FROM campaign_node n JOIN ("
    " SELECT node_id, version_id, branch, came, failures, waiting, done, failed FROM node_version"
    " UNION ALL SELECT node_id, version_id, branch, came, failures, waiting, done, failed"
    " FROM node_delta) f ON f.node_id = n.id WHERE n.name <> 'start' AND f.branch = 0"
    " AND f.version_id <> 0 GROUP BY 1, 2, 3"
    " HAVING sum(came) < sum(waiting + done + failed) OR sum(failures) < sum(failed)",
)
invariant(
    "campaigns.ways_follow_merges",
    "Three hours after a merge no way through a campaign is that of the contact that was merged.",
    "SELECT v.id, m.winner_id FROM merge m JOIN visit v ON v.contact_id = m.loser_id"
    " WHERE m.at < now() - interval '3 hours'",
)
