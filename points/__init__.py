"""Points: how people's behaviour adds up."""
