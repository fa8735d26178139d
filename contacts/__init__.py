"""People we can address or recognise: fields, tags, companies, identity, consent, import."""
