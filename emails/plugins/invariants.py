"""What must always be true of the ledger."""

from kernel.invariants import invariant

invariant(
    "emails.sent_has_a_message",
    "Every sent delivery has the version and the time that make its Message-ID and its proof.",
    "SELECT id FROM delivery WHERE state = 3 AND (version_id IS NULL OR sent_at IS NULL)",
)
invariant(
    "emails.once_a_cause",
    "Nobody is written to twice for one cause.",
    "SELECT cause, contact_id FROM delivery GROUP BY 1, 2 HAVING count(*) > 1",
)
invariant(
    "emails.once_an_address",
    "No address is written to twice in one run.",
    "SELECT run_id, recipient FROM delivery WHERE run_id > 0 AND recipient IS NOT NULL"
    " AND state NOT IN (6, 7) GROUP BY 1, 2 HAVING count(*) > 1",
)
# Events outlive their contacts' merges under the survivor, so the delivery's number is compared.
# The events of who was erased forget that number, so their rows are figures and nothing else.
invariant(
    "emails.sent_is_told",
    "Every mail sent within the last 30 days is an event, once.",
    "WITH told AS (SELECT (data ->> 'delivery')::bigint delivery, count(*) n FROM event"
    " WHERE type_id = (SELECT id FROM event_type WHERE key = 'emails.sent')"
    " AND occurred_at > now() - interval '31 days' GROUP BY 1)"
    " SELECT d.id, told.n FROM delivery d FULL JOIN told ON told.delivery = d.id"
    " WHERE (d.state = 3 AND d.sent_at > now() - interval '30 days' AND told.n IS DISTINCT FROM 1"
    " AND EXISTS (SELECT 1 FROM contact c WHERE c.id = d.contact_id))"
    " OR (told.delivery IS NOT NULL AND d.id IS NOT NULL AND d.state <> 3)",
)
invariant(
    "emails.leased",
    "Whatever is being sent has a lease, and nothing else has one.",
    "SELECT id, state FROM delivery WHERE (state IN (1, 2)) <> (lease_until IS NOT NULL)",
)
invariant(
    "emails.done_is_done",
    "In a finished run nobody waits.",
    "SELECT d.id, d.run_id FROM delivery d JOIN email_run r ON r.id = d.run_id"
    " WHERE r.finished_at IS NOT NULL AND d.state IN (0, 1, 2)"
    " AND d.transactional = ANY('{t,f}')",
)
# A merge brings the closed address of one to the mails the other had got before.
invariant(
    "emails.silence_after_suppression",
    "Nobody gets mail after their address was suppressed or closed by a complaint or bounce.",
    "SELECT d.id FROM delivery d JOIN do_not_contact n ON n.contact_id = d.contact_id"
    " AND n.channel = 'email' AND n.reason IN ('hard_bounce', 'complaint')"
    " WHERE d.state = 3 AND d.sent_at > n.at + interval '5 minutes' AND NOT EXISTS"
    " (SELECT 1 FROM merge m WHERE m.winner_id = d.contact_id AND m.at >= d.sent_at)",
)
invariant(
    "emails.ledger_follows_merges",
    "Three hours after a merge no mail is one to the contact that was merged.",
    "SELECT d.id, m.winner_id FROM merge m JOIN delivery d ON d.contact_id = m.loser_id"
    " WHERE m.at < now() - interval '3 hours'",
)
