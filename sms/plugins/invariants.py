"""What must always be true of the ledger of texts."""

from kernel.invariants import invariant

invariant(
    "sms.once_a_cause",
    "Nobody is written to twice for one cause.",
    "SELECT cause, contact_id FROM sms_delivery GROUP BY 1, 2 HAVING count(*) > 1",
)
invariant(
    "sms.once_a_number",
    "No number is written to twice in one run.",
    "SELECT run_id, number FROM sms_delivery WHERE run_id > 0 AND number IS NOT NULL"
    " AND state NOT IN (6, 7) GROUP BY 1, 2 HAVING count(*) > 1",
)
invariant(
    "sms.sent_is_known",
    "Every sent text has the version and the time that prove it.",
    "SELECT id FROM sms_delivery WHERE state = 3 AND (version_id IS NULL OR sent_at IS NULL)",
)
invariant(
    "sms.leased",
    "Whatever is being sent has a lease, and nothing else has one.",
    "SELECT id, state FROM sms_delivery WHERE (state IN (1, 2)) <> (lease_until IS NOT NULL)",
)
invariant(
    "sms.done_is_done",
    "In a finished run nobody waits.",
    "SELECT d.id, d.run_id FROM sms_delivery d JOIN sms_run r ON r.id = d.run_id"
    " WHERE r.finished_at IS NOT NULL AND (d.state IN (0, 1, 2)"
    " OR d.state = 5 AND d.body IS NOT NULL AND r.state = 'done')",
)
invariant(
    "sms.ledger_follows_merges",
    "Three hours after a merge no text is one to the contact that was merged.",
    "SELECT d.id, m.winner_id FROM merge m JOIN sms_delivery d ON d.contact_id = m.loser_id"
    " WHERE m.at < now() - interval '3 hours'",
)
