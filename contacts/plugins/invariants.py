"""What must always be true of the tables of contacts."""

from kernel.invariants import invariant

invariant(
    "contacts.state",
    "Every contact has one row of state.",
    "SELECT c.id FROM contact c LEFT JOIN contact_state s ON s.contact_id = c.id"
    " WHERE s.contact_id IS NULL",
)
invariant(
    "contacts.email_identifier",
    "An identifier of kind email is the address of its contact, and none is missing.",
    "SELECT coalesce(i.contact_id, c.id) FROM (SELECT * FROM identifier WHERE kind = 'email') i"
    " FULL JOIN (SELECT * FROM contact WHERE email_key IS NOT NULL) c"
    " ON c.id = i.contact_id AND c.email_key = i.value"
    " WHERE (i.contact_id IS NULL OR c.id IS NULL)"
    " AND EXISTS (SELECT 1 FROM identifier WHERE kind = 'email')",
)
invariant(
    "contacts.field_identifiers",
    "An identifier of another kind belongs to a contact that has a value there.",
    "SELECT i.kind, i.value, i.contact_id FROM identifier i JOIN contact c ON c.id = i.contact_id"
    " WHERE i.kind <> 'email'"
    " AND coalesce(to_jsonb(c) ->> i.kind, c.attrs ->> i.kind) IS NULL",
)
invariant(
    "contacts.tags",
    "Tags are on contacts that exist.",
    "SELECT ct.contact_id, ct.tag_id FROM contact_tag ct"
    " LEFT JOIN contact c ON c.id = ct.contact_id WHERE c.id IS NULL",
)
invariant(
    "contacts.consent",
    "A consent in force has its proof.",
    "SELECT k.contact_id, k.purpose FROM consent k WHERE NOT EXISTS (SELECT 1 FROM consent_record r"
    " WHERE r.contact_id = k.contact_id AND r.purpose = k.purpose AND r.topic_id = k.topic_id"
    " AND r.state = k.state)",
)
invariant(
    "contacts.withheld",
    "Whoever is restricted, or refused profiling, is withheld, and nobody else.",
    "SELECT c.id FROM contact c LEFT JOIN restriction r ON r.contact_id = c.id"
    " LEFT JOIN consent k ON k.contact_id = c.id AND k.purpose = 'profiling' AND k.topic_id = 0"
    " AND k.state = 'refused' WHERE c.withheld IS DISTINCT FROM CASE"
    " WHEN r.contact_id IS NOT NULL THEN 2 WHEN k.contact_id IS NOT NULL THEN 1 END",
)
invariant(
    "contacts.no_empty_values",
    "Custom fields have no empty values.",
    "SELECT c.id FROM contact c WHERE EXISTS (SELECT 1 FROM jsonb_each(c.attrs) a"
    " WHERE a.value IN ('null', '\"\"', '[]'))",
)
invariant(
    "contacts.former_identifiers",
    "What led to a merged contact is nobody's identifier now.",
    "SELECT f.kind, f.value, i.contact_id FROM former_identifier f JOIN identifier i"
    " ON (i.kind, i.value) = (f.kind, f.value)",
)
invariant(
    "contacts.merged_into_somebody",
    "Whoever was merged is gone, and the survivor is there.",
    "SELECT m.loser_id, m.winner_id FROM merge m LEFT JOIN contact w ON w.id = m.winner_id"
    " LEFT JOIN contact l ON l.id = m.loser_id WHERE w.id IS NULL OR l.id IS NOT NULL",
)
invariant(
    "contacts.merged_companies",
    "A company that was merged leads to one that was not.",
    "SELECT t.loser_id, t.survivor_id FROM company_trace t"
    " JOIN company_trace further ON further.loser_id = t.survivor_id",
)
invariant(
    "contacts.company_identifiers",
    "What names one company only is what stands there, and none is missing.",
    "SELECT i.kind, i.company_id FROM company_identifier i JOIN company co ON co.id = i.company_id"
    " WHERE NOT i.former AND i.value IS DISTINCT FROM lower(regexp_replace(btrim("
    "co.attrs ->> i.kind, E' \\t\\r\\n'), '(?<=[0-9])\\s+(?=[0-9])', '', 'g'))"
    " UNION ALL SELECT f.alias, co.id FROM field f JOIN company co ON co.attrs ? f.alias"
    " WHERE f.object = 'company' AND f.\"unique\""
    " AND NOT EXISTS (SELECT FROM company_trace t WHERE t.loser_id = co.id)"
    " AND NOT EXISTS (SELECT FROM company_identifier i WHERE i.kind = f.alias"
    " AND i.company_id = co.id AND NOT i.former)",
)
# What was under way while they were merged arrives within two hours.
invariant(
    "contacts.history_follows_merges",
    "Three hours after a merge nothing tells of the contact that was merged.",
    "SELECT m.loser_id, m.winner_id FROM merge m WHERE m.at < now() - interval '3 hours' AND ("
    " EXISTS (SELECT 1 FROM event e WHERE e.contact_id = m.loser_id)"
    " OR EXISTS (SELECT 1 FROM contact_activity a WHERE a.contact_id = m.loser_id))",
)
