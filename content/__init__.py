"""What messages and pages are made of: tokens, templates, MJML and HTML, links, text parts."""
