"""The words of the settings panel, in the language in force."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import npgettext, pgettext

from kernel.events import event_types
from kernel.filters import comparing, event_offers

Words = dict[str, str | list[str]]
UTM = ("source", "medium", "campaign", "term", "content")


def of_settings() -> Words:
    """Return the words of every form of the panel."""
    return {**_common(), **_campaign(), **_events(), **_waits(), **_flow()}


def _common() -> Words:
    return {
        "settings": _("Settings"),
        "step_settings": _("Settings of the step"),
        "no_settings": _("This step has no settings."),
        "optional": _("optional"),
        "kept_secret": _("kept; write a new one to change it"),
        "kept_value": _("kept"),
        "pair_name": _("Name of pair %(number)s"),
        "pair_value": _("Value of %(name)s"),
        "value": _("Value"),
        "add_pair": _("Add one"),
        "hidden_values": _(
            "It sets a field you may not see: the values stay as they are. Whoever may see it can"
            " change them."
        ),
        "choose": _("Choose…"),
        "owned_by_nobody": _("nobody"),
        "take_out": _("Take out %(name)s"),
        "nothing_found": _("Nothing found"),
        "new_tag": _("new tag"),
        "pick_email": _("Search emails…"),
        "pick_sms": _("Search SMS…"),
        "pick_segment": _("Search segments…"),
        "pick_campaign": _("Search campaigns…"),
        "pick_stage": _("Search stages…"),
        "pick_connection": _("Search connections…"),
        "pick_point_group": _("Search points groups…"),
        "pick_company": _("Search companies…"),
        "pick_tag": _("Search or write a tag…"),
        "add_field": _("Add a field…"),
        "personal_value": _("Personal value"),
        "personal_value_of": _("Personal value for %(name)s"),
        "personal_value_help": _(
            "{{ contact.city }}, {{ company.name }}, {{ owner.email }}, {{ today }}, and what led"
            " here: {{ event.… }}. Where there is none, the field stays as it is."
        ),
        "how_changed": _("How %(name)s changes"),
        "add_and_remove": _("Add and remove choices"),
        "replace_by": _("Replace by"),
        "choices_to_add": _("Add a choice…"),
        "choices_to_remove": _("Remove a choice…"),
        "choices_to_hold": _("Choose what it holds…"),
        "unit": _("unit"),
        "seconds": [npgettext("unit", "second", "seconds", n) for n in (1, 2)],
        "minutes": [npgettext("unit", "minute", "minutes", n) for n in (1, 2)],
        "hours": [npgettext("unit", "hour", "hours", n) for n in (1, 2)],
        "days": [npgettext("unit", "day", "days", n) for n in (1, 2)],
        "weeks": [npgettext("unit", "week", "weeks", n) for n in (1, 2)],
        "months": [npgettext("unit", "month", "months", n) for n in (1, 2)],
        "years": [npgettext("unit", "year", "years", n) for n in (1, 2)],
        "leads_to": _("Where it leads"),
        "then": _("Then"),
        "nowhere": _("Nowhere: the way ends"),
        "leads_several": _("Leads to %(count)s steps at once"),
    }


def _campaign() -> Words:
    return {
        "campaign": _("Campaign"),
        "campaign_settings": _("Settings of the campaign"),
        "sources": _("What leads people in"),
        "sources_help": _("Any of these."),
        "source_segments": _("Who is in, or joins, these segments"),
        "source_event": _("Whoever this happens to"),
        "add_event_source": _("Add an event"),
        **_timed(),
        "source_campaigns": _("Who comes to an end of these campaigns"),
        "source_manual": _("Whoever is added by hand"),
        "reentry": _("How often somebody may enter"),
        "reentry_once": _("Once"),
        "reentry_after_leaving": _("Again after having left"),
        "reentry_always": _("Every time, starting anew"),
        "cooldown": _("At the earliest after"),
        "cooldown_help": _("Least time between two entries."),
        "holdout": _("Held out"),
        "holdout_help": _(
            "This share of those who would enter gets nothing, so that you can compare. At most"
            " half."
        ),
        "goal_rate": _("Goal rate"),
        "goal_went": _("Of those who went"),
        "goal_held": _("Of those held out"),
        "reached_of": _("%(reached)s of %(contacts)s"),
        "goal_lift": _(
            "The campaign changes the rate by %(points)s points (between %(low)s and %(high)s)."
        ),
        "goal_certain": _("That is hardly chance."),
        "goal_uncertain": _("That may be chance: wait for more people."),
        "on_leave": _("Who leaves the segment"),
        "on_leave_exit": _("Leaves the campaign"),
        "on_leave_continue": _("Goes on"),
        "start_at": _("Starts"),
        "end_at": _("Ends"),
        "end_help": _("Nobody enters from then on."),
        "on_end": _("Who is on the way then"),
        "on_end_finish": _("May finish"),
        "on_end_stop": _("Stops there"),
        "objective": _("What it is for"),
    }


def _timed() -> Words:
    """Name what time alone leads in by."""
    return {
        "source_date": _("Whose date comes"),
        "add_date_source": _("Add a date, such as a birthday"),
        "source_inactive": _("Who does nothing for a while"),
        "add_inactive_source": _("Add inactivity"),
        "inactive_days": _("Days without activity"),
        "inactive_help": _(
            "Whoever is inactive already comes in when this is first published. People of whom we"
            " may measure nothing are left out."
        ),
        "inactive_what": _("What counts as activity"),
        "inactive_all": _("Anything they do"),
        "inactive_some": _("Only what is chosen here"),
        "date_every": _("How often"),
        "date_yearly": _("Every year, on its anniversary"),
        "date_once": _("On that day alone"),
        "date_at": _("At what time"),
        "date_at_help": _("In the contact's own time zone, else in that of the workspace."),
        "date_only_once": _(
            "People enter once: next year nobody enters again. Choose below how often."
        ),
    }


def _events() -> Words:
    return {
        "event": _("Event"),
        "own_event": _("An event of your own…"),
        "own_event_key": _("Key of the event"),
        "own_event_help": _("As your systems send it, such as shop.paid"),
        "own_event_where": _("Where its data says"),
        "data_key": _("Key"),
        "data_value": _("Value"),
        "add_condition": _("Add a condition"),
        "which_email": _("In which email"),
        "which_segment": _("Which segment"),
        "which_campaign": _("Which campaign"),
        "empty_any": _("Empty means: any."),
        "no_path_after": _("Take the “no” path after"),
        "empty_for_ever": _("Empty means: wait for ever."),
        "counts_from": _("Counts from"),
        "since_step": _("The sending of that message, else the arrival here"),
        "since_visit": _("The entry into the campaign"),
        "machines_never_count": _("What machines such as mail scanners do never counts."),
        "only_who_agreed": _(
            "Seen only of people who agreed to be measured, not of those who were never asked."
        ),
        **_asked(),
        "condition_url": _("Address"),
        "condition_host": _("Site"),
        "condition_path": _("Path on the site"),
        "condition_title": _("Title"),
        "condition_referrer": _("Coming from"),
        "condition_link": _("Number of the link"),
        "condition_reason": _("Reason"),
        "condition_kind": _("Kind"),
        "condition_status": _("Status"),
        "condition_order": _("Order"),
        "condition_currency": _("Currency"),
        "condition_cart": _("Cart"),
        "condition_product": _("Product"),
        "condition_category": _("Category"),
        "condition_source": _("Source"),
        "condition_purpose": _("Purpose"),
        "condition_state": _("State"),
        "condition_channel": _("Channel"),
        "condition_topic": _("Topic"),
        "condition_device": _("Device"),
        **{f"condition_utm_{part}": f"utm_{part}" for part in UTM},
        "condition_amount": _("Amount"),
        "condition_seconds": _("Seconds"),
        "condition_delta": _("Points gained or lost"),
        "condition_points": _("Points then"),
        "how_compared": _("how it is compared"),
        **_comparisons(),
    }


def _asked() -> Words:
    """Name whatever some type of event may be asked about; what follows says some of it shorter."""
    names = {name for kind in event_types for name in (*kind.conditions, *kind.numbers)}
    return {f"condition_{name}": capfirst(event_offers.word(name)) for name in sorted(names)}


def _comparisons() -> Words:
    """Say how texts and numbers of events are compared."""
    return {
        f"compare_{name.removeprefix('event_')}_{one.op}": one.before
        for name, operators in comparing.offered().items()
        for one in operators
    }


def _waits() -> Words:
    return {
        "wait_way": _("Wait"),
        "wait_for": _("For a while"),
        "wait_date": _("Until a moment"),
        "wait_field": _("Until a date of the contact"),
        "wait_window": _("Until a time of the week"),
        "how_long": _("How long"),
        "until_moment": _("Moment"),
        "your_time": _("In the time zone of this browser."),
        "date_field": _("Date"),
        "offset": _("Before or after"),
        "offset_help": _("Empty means: on the day."),
        "before_or_after": _("Before or after the date"),
        "before": _("before the date"),
        "after": _("after the date"),
        "weekdays": _("Days"),
        "hour_from": pgettext("hour", "From"),
        "hour_to": pgettext("hour", "Until"),
        "zone": _("Whose time"),
        "zone_help": _("A contact without a time zone has that of the workspace."),
        "zone_contact": _("Of the contact"),
        "zone_workspace": _("Of the workspace"),
        "day_mon": pgettext("weekday", "M"),
        "day_tue": pgettext("weekday", "Tu"),
        "day_wed": pgettext("weekday", "W"),
        "day_thu": pgettext("weekday", "Th"),
        "day_fri": pgettext("weekday", "F"),
        "day_sat": pgettext("weekday", "Sa"),
        "day_sun": pgettext("weekday", "Su"),
    }


def _flow() -> Words:
    return {
        "condition_filter": _("Who goes by yes"),
        "split_way": _("How people are split"),
        "by_chance": _("By chance, weighted"),
        "by_filter": _("By what holds for them"),
        "branches": _("Branches"),
        "weights_help": _("A contact draws the same branch every time."),
        "branches_help": _("The first that holds is taken."),
        "takes_the_rest": _("Takes the rest."),
        "branch_name": _("Name of the branch"),
        "weight_of": _("Weight of %(name)s"),
        "add_branch": _("Add a branch"),
        "goal_way": _("Reached by"),
        "goal_event": _("An event"),
        "goal_filter": _("What holds for a contact"),
        "goal_help": _("Whoever reaches it is taken there from wherever they stand."),
        "jump_to": _("To which step"),
        "jump_help": _("A jump may lead back."),
        "exit_help": _("Ends the way through this campaign, other branches included."),
    }
