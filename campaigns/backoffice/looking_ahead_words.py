"""The words of the simulation and of what is told before publishing, in the language in force."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

Words = dict[str, str | list[str]]
ONE_AND_MANY = (1, 2)


def of_looking_ahead() -> Words:
    """Return the words of all of it."""
    return {**_asking(), **_ways(), **_publishing(), **_inside(), **_versions(), **_outlook()}


def _asking() -> Words:
    return {
        "simulate": _("Simulate"),
        "simulate_again": _("Simulate again"),
        "simulation": _("Simulation"),
        "simulated": [
            ngettext("Simulated: %(count)s step", "Simulated: %(count)s steps", n)
            for n in ONE_AND_MANY
        ],
        "nothing_is_sent": _("Nothing is sent or changed"),
        "search_person": _("Search a contact…"),
        "somebody_else": _("Somebody else"),
        "made_up": _("Or make somebody up"),
        "made_up_help": _("Somebody with these data, who is forgotten at once."),
        "their_data": _("Their data"),
        "their_tags": _("Their tags"),
        "from_when": _("Enters"),
        "empty_now": _("Empty means: now."),
        "which_version": _("Which version"),
        "the_draft": _("The draft"),
        "what_runs": _("v%(version)s, which runs"),
        "see_it_drawn": _("See it drawn"),
        "not_kept": _("The draft could not be saved, so it cannot be simulated."),
        "drawn_since": _("The campaign was changed since: simulate again."),
    }


def _ways() -> Words:
    return {
        "kept_out": _("For real they would not come in: %(why)s."),
        "enters_by_time": _("Enters by time: %(when)s"),
        "hours_in": _("Hours of the time zone %(zone)s"),
        "ended_done": _("Comes to the end"),
        "ended_exit": _("Reaches an exit"),
        "ended_goal": _("Reaches the goal"),
        "ended_waiting": _("Waits for ever"),
        "ended_parked": _("Is parked"),
        "ended_cut": _("Goes on for longer than is simulated"),
        "ended_never": _("Does not come in"),
        "came_skipped": _("Skipped"),
        "came_parked": _("Parked"),
        "came_waiting": _("Waits"),
        "came_stopped": _("Left behind"),
        "came_yes": _("Yes"),
        "came_no": _("No"),
        "came_not_measurable": _("Not measurable"),
        "after_time": _("after %(time)s"),
        "held_back": _("Held back: %(why)s"),
        "held_until": _("Held until %(when)s: %(why)s"),
        "what_happens": _("What happens here"),
        "happens": _("It happens"),
        "happens_not": _("It does not happen"),
        "by_their_data": _("As their data say"),
        "after_how_long": _("after"),
        "goal_reached": _("Reaches the goal on the way: %(goal)s"),
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
        "none_of_mine_in_flight": _("None of your own contacts is on the way."),
        "others_too": _("Only your own contacts are counted here; others may be on the way, too."),
        "clock_stood_still": _("The clock of every wait stood still meanwhile: no time ran out."),
        "catch_up": _("Let in who would have come while nothing ran"),
        "catch_up_help": _(
            "Whoever joined the segments meanwhile, or whose date or inactivity came. Who was a"
            " member before does not come in again."
        ),
        "unpublish_question": _("Unpublish this campaign?"),
        "unpublish_people": [
            ngettext(
                "Everything stops at once: nobody enters, nothing runs, and the %(count)s person"
                " on the way stays where they are.",
                "Everything stops at once: nobody enters, nothing runs, and the %(count)s people"
                " on the way stay where they are.",
                n,
            )
            for n in ONE_AND_MANY
        ],
        "unpublish_nobody": _("Everything stops at once: nobody enters, and nothing runs."),
        "unpublish_keeps": _("Whoever waits to be deleted by a step is kept."),
        "unpublish_again": _("Publishing again goes on from there."),
        "unpublished": _("The campaign stands still."),
    }


def _inside() -> Words:
    return {
        "inside_counting": _("Counting who is on the way…"),
        "inside_not_counted": _("Who is on the way could not be counted in time."),
        "inside_question": [
            ngettext(
                "What becomes of the %(count)s person on the way?",
                "What becomes of the %(count)s people on the way?",
                n,
            )
            for n in ONE_AND_MANY
        ],
        "inside_question_uncounted": _("What becomes of the people on the way?"),
        "inside_gone_ends": _("The way of whoever stands on a removed step ends there."),
        "inside_finish_theirs": _("Let them finish in the version they go through"),
        "inside_move": _("Move them to v%(version)s"),
        "inside_move_help": _("They go on from the step they stand on, by the new version."),
        "inside_finish": _("Let them finish in %(versions)s"),
        "inside_finish_help": _(
            "Who enters from now on goes through v%(version)s; both run beside each other until"
            " the last one has come to the end."
        ),
        "they_stand_at": _("They stand at"),
        "people_inline": [
            pgettext("after a number", "person"),
            pgettext("after a number", "people"),
        ],
        "inside_staying": [
            ngettext(
                "%(count)s more person stands on a step that stays as it is, and goes on there.",
                "%(count)s more people stand on steps that stay as they are, and go on there.",
                n,
            )
            for n in ONE_AND_MANY
        ],
        "fates_open": [
            ngettext(
                "Choose for %(count)s removed step where its people go on.",
                "Choose for %(count)s removed steps where their people go on.",
                n,
            )
            for n in ONE_AND_MANY
        ],
        "go_on_at": _("Go on at"),
        "go_on_at_of": _("Where those go on who stand on “%(step)s”"),
        "step_gone": _("removed"),
        "step_changed": _("changed"),
        "choose_step": _("Choose…"),
        "stays": _("The same step"),
        "stays_anew": _("The same step, waiting anew"),
        "to_another_step": _("Another step"),
        "way_ends": _("Nowhere: their way ends"),
        "nobody_twice": _(
            "Nobody takes a step twice: whoever has been at the chosen step goes no further."
        ),
        "what_is_new": _("What is new"),
        "what_is_new_help": _("A note for the history of versions"),
    }


def _versions() -> Words:
    return {
        "versions": _("Versions"),
        "compare_before": _("Compare this version"),
        "compare_after": _("with this one"),
        "compare_draft": _("Compare with the draft"),
        "drawn_differences": _("Both versions in one drawing"),
        "no_difference": _("Both are the same."),
        "is_added": pgettext("a step", "Added"),
        "is_removed": pgettext("a step", "Removed"),
        "is_changed": pgettext("a step", "Changed"),
        "other_settings": _("with other settings"),
        "never_published": _("Nothing has been published yet."),
        "version_newest": pgettext("version", "Runs"),
        "version_finishing": pgettext("version", "Being finished"),
        "version_over": pgettext("version", "Over"),
        "published_by": _("%(when)s by %(name)s"),
        "take_back": _("Take back as draft"),
        "taken_back": _("v%(version)s is the draft now. Undo leads back."),
    }


def _outlook() -> Words:
    return {
        "outlook": _("What publishing begins with"),
        "counting": _("Counting who comes in…"),
        "not_counted": _("Who comes in could not be counted in time."),
        "enter_at_once": _("Come in at once: %(count)s"),
        "go_on": [
            ngettext(
                "%(count)s person on the way goes on.", "%(count)s people on the way go on.", n
            )
            for n in ONE_AND_MANY
        ],
        "go_on_at_once": [
            ngettext(
                "For %(count)s of them the next step is carried out at once.",
                "For %(count)s of them the next step is carried out at once.",
                n,
            )
            for n in ONE_AND_MANY
        ],
        "enter_ahead": _("Come in by time within %(days)s days: %(count)s"),
        "stay_out": _("Stay out: %(reasons)s"),
        "would_reach": _("Would reach %(count)s of them today"),
        "not_reached": _("Not reached: %(reasons)s"),
    }
