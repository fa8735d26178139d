"""The words of the canvas, in the language in force."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns.backoffice.looking_ahead_words import of_looking_ahead
from campaigns.backoffice.setting_words import of_settings

Words = dict[str, str]


def words() -> Words:
    """Return every word of the island by its key."""
    return {
        **_palette(),
        **_bar(),
        **_doing(),
        **_publishing(),
        **_meeting(),
        **_people(),
        **of_looking_ahead(),
        **of_settings(),
    }


def _palette() -> Words:
    return {
        "steps": _("Steps"),
        "find_step": _("Find a step"),
        "no_step_found": _("There is no such step."),
        "more_events": _("%(count)s more events"),
        "lands_after": _("Comes after: %(step)s"),
        "act": _("Act"),
        "ask": _("Ask"),
        "time": pgettext("group of steps", "Time"),
        "flow": _("Flow"),
        "action": _("Action"),
        "condition": _("Condition"),
        "decision": _("Wait for an event"),
        "delay": _("Delay"),
        "until": _("Until a date or hour"),
        "split": _("Split"),
        "goal": _("Goal"),
        "jump": _("Jump"),
        "exit": _("Exit"),
        "gone": _("No longer available"),
        "unfinished": _("Not finished yet"),
        "start": _("Start"),
        "starts_when": _("Starts when"),
        "nothing_leads_in": _("Nothing leads in yet"),
        "yes": _("Yes"),
        "no": _("No"),
        "no_after": _("No, after %(time)s"),
        "not_measurable": _("Not measurable"),
        "seconds_short": _("%(count)s s"),
        "minutes_short": _("%(count)s min"),
        "hours_short": _("%(count)s h"),
        "days_short": _("%(count)s d"),
        "weeks_short": _("%(count)s wk"),
    }


def _bar() -> Words:
    return {
        "modes": _("What is shown"),
        "build": _("Build"),
        "people": _("People"),
        "results": _("Results"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "in_flight_short": _("In flight"),
        "goal_short": pgettext("share of people", "Goal"),
        "publish": _("Publish v%(version)s…"),
        "unpublish": _("Unpublish"),
        "state_draft": _("Draft"),
        "state_published": _("Live"),
        "state_unpublished": _("Paused"),
        "saved_at": _("draft saved %(time)s"),
        "saved_on": _("Draft of %(when)s"),
        "runs_since": _("v%(version)s live since %(when)s"),
        "ran_since": _("v%(version)s of %(when)s stands still"),
        "changed": _("changes in draft v%(version)s: %(count)s"),
        "saving_changed": _("Changes to save…"),
        "saving_saving": _("Saving…"),
        "saving_offline": _("No connection: not saved yet, trying again."),
        "saving_signed_out": _("Signed out: sign in in another tab, what you drew is kept here."),
        "saving_conflict": _("Somebody else changed this campaign."),
        "refused": _("Not saved:"),
        "try_now": _("Try now"),
        "no_canvas": _("The campaign could not be read. Reload the page to try again."),
    }


def _doing() -> Words:
    return {
        "canvas": _("Canvas"),
        "view": _("View"),
        "minimap": _("Small map of the campaign"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "fit": _("Show everything"),
        "tidy_up": _("Tidy up"),
        "keys": _("Keys"),
        "add_here": _("Add a step here"),
        "added": _("Added: %(step)s"),
        "removed": _("Removed: %(step)s. The path leads on to what came after it."),
        "removed_many": _("Removed steps: %(count)s"),
        "path_removed": _("Path removed"),
        "copied": _("Copied steps: %(count)s"),
        "pasted": _("Pasted steps: %(count)s"),
        "pasted_alone": _(
            "Pasted steps: %(count)s. Nothing leads to them yet: connect them with C."
        ),
        "connect_from": _("Connecting from %(step)s: go to the step it leads to and press C."),
        "connected": _("%(from)s leads to %(to)s"),
        "no_way_out": _("No path can leave %(step)s."),
        "circle": _("That would lead in a circle; only a jump may do that."),
        "tidied": _("Tidied up"),
        "undone": _("Undone"),
        "redone": _("Done again"),
        "nothing_to_undo": _("Nothing to undo"),
        "nothing_to_redo": _("Nothing to do again"),
        "problems": _("Problems: %(count)s"),
        "several": _("Selected steps: %(count)s"),
        "duplicate": _("Duplicate"),
        "remove": _("Remove"),
        "close": _("Close"),
        "cancel": _("Cancel"),
        "name": _("Name"),
    }


def _publishing() -> Words:
    return {
        "not_yet": _("To mend before publishing: %(count)s"),
        "publish_question": _("Publish version %(version)s?"),
        "nothing_to_publish": _("Nothing changed since the last publication."),
        "publish_now": _("Publish v%(version)s"),
        "published": _("Version %(version)s runs now."),
        "first_sources": _("From now on people come in by: %(sources)s."),
        "first_people": _("Current members of its segments come in as well."),
        "nobody_in_flight": _("Nobody is on the way, so nobody is moved."),
        "flight_goes_on": _(
            "%(count)s people are on the way. They stay at their steps and go on by the new"
            " version."
        ),
        "flight_ends": _(
            "The step “%(step)s” is gone: the way of the %(count)s people at it ends, and nothing"
            " more is done for them."
        ),
        "flight_anew": _("%(count)s people wait anew, counted from when they arrived, at"),
        "clock_stood_still": _("The clock of every wait stood still meanwhile: no time ran out."),
        "catch_up": _("Let in who joined the segments while nothing ran"),
        "unpublish_question": _("Unpublish this campaign?"),
        "unpublish_people": _(
            "Everything stops at once: nobody enters, nothing runs, and the %(count)s people on"
            " the way stay where they are."
        ),
        "unpublish_again": _("Publishing again goes on from there."),
        "unpublished": _("The campaign stands still."),
    }


def _meeting() -> Words:
    return {
        "conflict": _("Somebody else changed this campaign"),
        "conflict_facts": _("Their draft of %(when)s has %(count)s steps."),
        "conflict_safe": _(
            "Nothing of yours is lost: if you look at theirs, undo brings yours back."
        ),
        "see_theirs": _("See theirs"),
        "overwrite": _("Overwrite theirs with mine"),
        "keep_as_copy": _("Keep mine as a copy"),
        "my_copy": _("%(name)s (my copy)"),
    }


def _people() -> Words:
    return {
        "entered": _("%(count)s entered"),
        "in_flight": _("%(count)s in flight"),
        "waiting": _("%(count)s waiting"),
        "passed": _("%(count)s passed"),
        "left": _("%(count)s left"),
        "reached": _("%(count)s reached"),
        "yes_count": _("%(count)s yes"),
        "no_count": _("%(count)s no"),
        "parked": _("%(count)s parked"),
        "step": _("Step"),
        "who": _("Who"),
        "figures": _("Figures"),
        "figure_entered": _("Came to the step"),
        "figure_waiting": _("Waiting"),
        "figure_done": _("Passed"),
        "figure_yes": _("Yes"),
        "figure_no": _("No"),
        "figure_not_measurable": _("Not measurable"),
        "figure_failed": _("Parked"),
        "effect_sent": _("Mails sent"),
        "effect_opened": _("Opened"),
        "effect_clicked": _("Clicked"),
        "effect_skipped": _("Left out"),
        "nobody_passed": _("Nobody passed in the last %(count)s days."),
        "too_slow": _("The days could not be read in time."),
        "last_days": _("Passed in the last %(count)s days"),
        "passed_lately": _("%(count)s passed in the last %(days)s days"),
        "the_rest": _("Others"),
        "the_day": _("Day"),
        "as_table": _("Show as table"),
        "only_own": _("Only people among your own contacts are counted and listed."),
        "whole_contacts": _("People who came"),
        "whole_visits": _("Ways begun"),
        "whole_active": _("On the way"),
        "reading": _("Reading…"),
        "nobody": _("Nobody."),
        "more_people": _("Show more"),
        "since": _("since %(when)s"),
        "goes_on": _("goes on %(when)s"),
        "retry": _("Try again"),
        "skip": _("Skip the step"),
        "end": _("End their way"),
        "done_retry": _("Tried again: %(count)s"),
        "done_skip": _("Skipped: %(count)s"),
        "done_end": _("Ended: %(count)s"),
    }
