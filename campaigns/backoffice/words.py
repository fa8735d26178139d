"""The words of the canvas, in the language in force."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from campaigns.backoffice.looking_ahead_words import of_looking_ahead
from campaigns.backoffice.setting_words import of_settings

# A text, or the one for a single thing and that for several: the island chooses by `count`.
Words = dict[str, str | list[str]]
ONE_AND_MANY = (1, 2)


def words() -> Words:
    """Return every word of the island by its key."""
    return {
        **_palette(),
        **_bar(),
        **_doing(),
        **_meeting(),
        **_people(),
        **of_looking_ahead(),
        **of_settings(),
    }


def _palette() -> Words:
    return {
        "steps": _("Steps"),
        "first_steps": _("An empty campaign: begin here"),
        "first_source": _("Say who comes in"),
        "first_source_help": _("A segment, an event, a date, or people you add by hand."),
        "first_step": _("Add the first step"),
        "first_step_help": _("Press one at the left, or drag it here."),
        "first_kept": _(
            "What you draw is kept as a draft; nothing happens to anybody until you publish it."
        ),
        "find_step": _("Find a step"),
        "no_step_found": _("There is no such step."),
        "more_steps": [
            ngettext("%(count)s more step", "%(count)s more steps", n) for n in ONE_AND_MANY
        ],
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
        "start": pgettext("of a campaign", "Start"),
        "starts_when": _("Starts when"),
        "nothing_leads_in": _("Nothing leads in yet"),
        "yes": _("Yes"),
        "no": _("No"),
        "no_after": _("No, after %(time)s"),
        "ends_here": _("%(branch)s: nothing follows, their way ends here"),
        "not_measurable": _("Not measurable"),
        "seconds_short": _("%(count)s s"),
        "minutes_short": _("%(count)s min"),
        "hours_short": _("%(count)s h"),
        "days_short": _("%(count)s d"),
        "weeks_short": _("%(count)s wk"),
        "months_short": _("%(count)s mo"),
        "years_short": [ngettext("%(count)s yr", "%(count)s yr", n) for n in ONE_AND_MANY],
    }


def _bar() -> Words:
    return {
        "modes": _("What is shown"),
        "build": _("Build"),
        "people": _("People"),
        "results": _("Results"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "in_flight_short": _("On the way"),
        "goal_short": pgettext("share of people", "Goal"),
        "publish": _("Publish v%(version)s…"),
        "unpublish": _("Unpublish"),
        "state_draft": _("Draft"),
        "state_published": pgettext("campaign", "Published"),
        "state_unpublished": pgettext("campaign", "Unpublished"),
        "saved_at": _("saved %(time)s"),
        "saved_on": _("changed %(when)s"),
        "runs_since": _("v%(version)s published %(when)s"),
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
        "spoken_step": _("Enter opens the settings of a step, Delete takes it out."),
        "spoken_path": _("Delete takes a chosen path out."),
        "spoken_handle": _("Where paths begin and end"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "fit": _("Show everything"),
        "tidy_up": _("Tidy up"),
        "keys": _("Keys"),
        "add_here": _("Add a step here"),
        "added": _("Added: %(step)s"),
        "removed": _("Removed: %(step)s. The path leads on to what came after it."),
        "removed_step": _("removed"),
        "removed_many": _("Removed steps: %(count)s"),
        "path_removed": _("Path removed"),
        "copy": _("Copy, also for other campaigns"),
        "paste": [
            ngettext("Paste %(count)s step", "Paste %(count)s steps", n) for n in ONE_AND_MANY
        ],
        "note": _("Note for colleagues"),
        "note_help": _("Shown on the canvas alone; no contact ever reads it."),
        "note_says": _("Note: %(note)s"),
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


def _meeting() -> Words:
    return {
        "conflict": _("Somebody else changed this campaign"),
        "conflict_facts": [
            ngettext(
                "Their draft of %(when)s has %(count)s step.",
                "Their draft of %(when)s has %(count)s steps.",
                n,
            )
            for n in ONE_AND_MANY
        ],
        "conflict_safe": _(
            "Nothing of yours is lost: if you look at theirs, undo leads back to this question."
        ),
        "theirs_shown": _("This is theirs. Undo leads back to yours."),
        "see_theirs": _("See theirs"),
        "overwrite": _("Overwrite theirs with mine"),
        "keep_as_copy": _("Keep mine as a copy"),
        "my_copy": _("%(name)s (my copy)"),
    }


def _people() -> Words:
    return {
        "entered": [ngettext("%(count)s entered", "%(count)s entered", n) for n in ONE_AND_MANY],
        "in_flight": [
            ngettext("%(count)s on the way", "%(count)s on the way", n) for n in ONE_AND_MANY
        ],
        "waiting": [ngettext("%(count)s waiting", "%(count)s waiting", n) for n in ONE_AND_MANY],
        "passed": [ngettext("%(count)s passed", "%(count)s passed", n) for n in ONE_AND_MANY],
        "left": [ngettext("%(count)s left", "%(count)s left", n) for n in ONE_AND_MANY],
        "reached": [ngettext("%(count)s reached", "%(count)s reached", n) for n in ONE_AND_MANY],
        "yes_count": _("%(count)s yes"),
        "no_count": _("%(count)s no"),
        "parked": [ngettext("%(count)s parked", "%(count)s parked", n) for n in ONE_AND_MANY],
        "step": _("Step"),
        "who": _("Who"),
        "figures": _("Figures"),
        "figure_waiting": _("Waiting"),
        "figure_done": _("Passed"),
        "figure_yes": _("Yes"),
        "figure_no": _("No"),
        "figure_not_measurable": _("Not measurable"),
        "figure_failed": pgettext("people", "Parked"),
        "figure_came": _("Came to the step"),
        "figure_skipped": pgettext("people", "Skipped"),
        "figure_failures": pgettext("steps", "Failed for good"),
        **_choosing(),
        "effect_sent": _("Mails sent"),
        "effect_opened": _("Opened"),
        "effect_clicked": _("Clicked"),
        "effect_skipped": pgettext("mails", "Left out"),
        "nobody_passed": _("Nobody passed from %(first)s to %(last)s."),
        "too_slow": _("The days could not be read in time."),
        "last_days": _("Passed from %(first)s to %(last)s, by day"),
        "passed_lately": [
            ngettext("%(count)s passed, by day", "%(count)s passed, by day", n)
            for n in ONE_AND_MANY
        ],
        "the_rest": _("Others"),
        "the_day": _("Day"),
        "as_table": _("Show as table"),
        "only_own": _("Only people among your own contacts are counted and listed."),
        "whole_contacts": _("People who came"),
        "whole_visits": _("Ways begun"),
        "whole_active": _("On the way"),
        "whole_left": _("Ways ended"),
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


def _choosing() -> Words:
    return {
        "choosing": _("Version and time of the figures"),
        "of_version": _("Ways that began in"),
        "of_time": pgettext("of figures", "Time"),
        "all_versions": _("All versions"),
        "period_all": _("Since the beginning"),
        "period_7": _("Last 7 days"),
        "period_30": _("Last 30 days"),
        "period_90": _("Last 90 days"),
        "period_month": _("This month"),
        "period_own": _("Between two days"),
        "days_since": _("First day"),
        "days_until": _("Last day"),
        "now_short": _("Waiting, parked: as of now"),
        "now_long": _(
            "Who waits, is parked or on the way is counted as of now, whatever the time."
        ),
        "act_any_time": _(
            "Who is parked is listed as of now, whatever the time: choose “Since the beginning”"
            " to act on them."
        ),
        "by_day": _("By day"),
        "days_entries": _("Ways begun"),
        "days_goals": _("Goals reached"),
        "days_leaves": _("Ways ended"),
        "nothing_then": _("Nothing happened in this time."),
        "branch_of": _("Branch %(name)s"),
        "more_versions": _("Show older versions"),
    }
