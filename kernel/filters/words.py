"""What the builder of filters says beside the names of fields and operators."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, npgettext_lazy, pgettext_lazy

# Both forms of a word: the builder chooses by the number, as the reader's language does.
ONE_AND_MANY = (1, 2)
UNITS = {
    "seconds": [npgettext_lazy("unit", "second", "seconds", n) for n in ONE_AND_MANY],
    "minutes": [npgettext_lazy("unit", "minute", "minutes", n) for n in ONE_AND_MANY],
    "hours": [npgettext_lazy("unit", "hour", "hours", n) for n in ONE_AND_MANY],
    "days": [npgettext_lazy("unit", "day", "days", n) for n in ONE_AND_MANY],
    "weeks": [npgettext_lazy("unit", "week", "weeks", n) for n in ONE_AND_MANY],
    "months": [npgettext_lazy("unit", "month", "months", n) for n in ONE_AND_MANY],
    "years": [npgettext_lazy("unit", "year", "years", n) for n in ONE_AND_MANY],
}

WORDS: Mapping[str, Any] = {
    # Groups.
    "people_who_match": _("People who match %(kind)s the following"),
    "kind": _("How conditions are combined"),
    "all": _("all of"),
    "any": _("any of"),
    "none": _("none of"),
    "empty_group": _("Nothing in this group yet."),
    "empty_filter": _("Who is meant? Begin with a condition, or with another segment."),
    # What can be done.
    "add_condition": _("Condition"),
    "add_group": _("Group"),
    "from_segment": _("From a segment"),
    "move_up": _("Move up"),
    "move_down": _("Move down"),
    "duplicate": _("Duplicate"),
    "remove": _("Remove"),
    "remove_group": _("Remove the group"),
    "removed": _("Removed"),
    "moved": _("Moved to place %(place)s"),
    "undo": _("Undo"),
    "redo": _("Redo"),
    "as_text": _("As text"),
    "as_sentences": _("As sentences"),
    "close": _("Close"),
    "key_add": _("add"),
    "key_group": _("group"),
    "key_move": _("move"),
    "key_remove": _("remove"),
    # Conditions.
    "condition": _("Condition"),
    "as_text_only": _("can be edited as text only"),
    "hidden_condition": _("a condition you may not see"),
    "hidden_filter": _(
        "This filter holds a condition you may not see: it stays as it is. Whoever may see it"
        " can change it."
    ),
    "change_subject": _("%(subject)s: ask about something else"),
    "operator_of": _("%(subject)s: operator"),
    "value_of": _("%(subject)s: value"),
    "from_of": _("%(subject)s: from"),
    "to_of": _("%(subject)s: to"),
    "move_of": _("Move: %(subject)s (Alt and arrow keys)"),
    "more_of": _("%(subject)s: more"),
    "alone": _("People this means alone"),
    "search_subject": _("Search fields and behaviour"),
    "nothing_found": _("Nothing is called so."),
    "with_value": _("only who has a value"),
    "reason": _("reason"),
    "any_reason": _("any reason"),
    # Values.
    "choose": _("Choose…"),
    "more": _("add…"),
    "several": _("Values, between commas"),
    "without": _("Without %(name)s"),
    "this_text": _("Take “%(text)s”"),
    "any_of": _("any %(name)s"),
    "text": _("text"),
    "number": _("number"),
    "pattern": _("regular expression"),
    "yes": _("yes"),
    "no": _("no"),
    "and": _("and"),
    "a_day": _("a day"),
    "a_shift": _("so long from today"),
    "unit": _("Unit of time"),
    "direction": _("Past or future"),
    "ago": pgettext_lazy("5 days ago", "ago"),
    "ahead": pgettext_lazy("5 days ahead", "ahead"),
    "days_before": [ngettext_lazy("day before", "days before", n) for n in ONE_AND_MANY],
    "days_after": [ngettext_lazy("day after", "days after", n) for n in ONE_AND_MANY],
    **{f"unit_{each[0]}": UNITS[each] for each in ("seconds", "minutes", "hours", "days", "weeks")},
    **{f"shift_{each}": UNITS[each] for each in UNITS if each != "seconds"},
    "today": _("today"),
    "yesterday": _("yesterday"),
    "tomorrow": _("tomorrow"),
    "last_week": _("last week"),
    "this_week": _("this week"),
    "next_week": _("next week"),
    "last_month": _("last month"),
    "this_month": _("this month"),
    "next_month": _("next month"),
    "last_year": _("last year"),
    "this_year": _("this year"),
    "next_year": _("next year"),
    # Behaviour.
    "how_often": _("How often"),
    "times": _("Number of times"),
    "times_said": [npgettext_lazy("so many", "time", "times", n) for n in ONE_AND_MANY],
    "never": _("never"),
    "in_which_time": _("In which time"),
    "in_the_last": _("in the last"),
    "ever": _("at any time"),
    "after": _("after"),
    "before": _("before"),
    "between_days": _("after … and before …"),
    "and_before": _("and before"),
    "in_total": _("in total"),
    "first_time": _("for the first time"),
    "last_time": _("most recently"),
    "number_of": _("Number to add up"),
    "where": _("where…"),
    "where_key": _("where a value named…"),
    # As text.
    "no_json": _("This cannot be read: %(reason)s"),
    "no_filter": _("A group or a condition is expected."),
    # Beside the builder.
    "matching_now": _("Matching now"),
    "if_you_save": _("if you save"),
    "cheap": _("Cheap, about %(time)s ms"),
    "moderate": _("About %(time)s ms"),
    "dear": _("Costly, about %(time)s ms"),
    "finish_first": _("Complete the conditions to see who matches."),
    "mend_first": _("Something is wrong with a condition."),
    "open_field": _("Open the field"),
    "not_counted": _("It could not be counted. Change something to try again."),
    "reachable_by_email": _("Share that can be reached by email"),
    "reachable": [
        ngettext_lazy("%(count)s reachable by email", "%(count)s reachable by email", n)
        for n in ONE_AND_MANY
    ],
    "not_reachable": _("%(count)s not"),
    "why": _("Why is somebody in, or not?"),
    "why_in": _("Why is this person in?"),
    "why_not": _("Why is this person not in?"),
    "search_person": _("Search a person by name or email"),
    "another_person": _("Another person"),
    "in": pgettext_lazy("in a segment", "In."),
    "not_in": pgettext_lazy("in a segment", "Not in."),
    "of_conditions": [
        ngettext_lazy(
            "%(failed)s of %(count)s condition or group fails.",
            "%(failed)s of %(count)s conditions and groups fail.",
            n,
        )
        for n in ONE_AND_MANY
    ],
    "kept_out": _("Kept out by law: %(why)s."),
    "met": _("met"),
    "unmet": _("not met"),
    "sample": _("Sample of people in"),
    "another": _("Another"),
    "nobody": _("Nobody matches."),
}
