"""The words of the builder, in the language in force."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Return every word of the island by its key."""
    return {**_doing(), **_of_field(), **_of_form()}


def _doing() -> dict[str, str]:
    return {
        "fields": _("Fields"),
        "add_help": _("Press a field to add it, or drag it into the form."),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "preview": _("Preview"),
        "build": _("Build"),
        "phone": _("Phone"),
        "desktop": _("Computer"),
        "publish": _("Publish"),
        "publish_changes": _("Publish changes"),
        "published": _("published"),
        "saved": _("Saved"),
        "saving": _("Saving…"),
        "changed": _("Not saved yet"),
        "offline": _("No connection: it is saved as soon as there is one"),
        "refused": _("It cannot be saved:"),
        "conflict": _("Somebody else has changed this form. Load it anew to go on."),
        "reload": _("Load it anew"),
        "duplicate": _("Duplicate"),
        "remove": _("Remove"),
        "move_up": _("Move up"),
        "move_down": _("Move down"),
        "moved": _("%(name)s is now number %(place)s of %(count)s"),
        "added": _("%(name)s added"),
        "removed": _("%(name)s removed"),
        "lacks": _("Before it can be published"),
        "empty": _("An empty form: add its first field."),
        "close": _("Close"),
        "writing_in": _("Writing in"),
        "not_translated": _("Empty: as in the main language"),
        "canvas": _("The form"),
        "keys_help": _(
            "Arrow keys go from field to field, with Alt they move it; Enter opens its settings,"
            " Delete removes it."
        ),
        "select_field": _("Choose a field to change it, or set the form as a whole here."),
    }


def _of_field() -> dict[str, str]:
    return {
        "question": _("Question"),
        "wording": _("Wording that is agreed to"),
        "text": _("Text"),
        "page_title": _("Title of the page"),
        "help": _("Help below it"),
        "placeholder": _("Example inside it"),
        "required": _("Required"),
        "half": _("Half as wide"),
        "message": _("What is said when it is wrong"),
        "message_help": _("Empty: what is missing or wrong is said by itself."),
        "options": _("Options"),
        "option": _("Option"),
        "value": _("Value"),
        "add_option": _("Add an option"),
        "paste_options": _("Several at once"),
        "paste_help": _("One a line."),
        "take": _("Take them"),
        "goes_to": _("Goes into the field"),
        "nowhere": _("None: kept with the answer alone"),
        "rules": _("Rules"),
        "least_length": _("Characters at least"),
        "most_length": _("Characters at most"),
        "least_size": _("From"),
        "most_size": _("Up to"),
        "least_date": _("From day"),
        "most_date": _("Up to day"),
        "blocked": _("Domains that are not accepted"),
        "blocked_help": _("Between commas, such as mailinator.com"),
        "shown_if": _("Show it only if"),
        "always": _("Always shown"),
        "is": _("is"),
        "is_not": _("is not"),
        "filled": _("is answered"),
        "not_filled": _("is not answered"),
        "any_of": _("any of these"),
        "values_help": _("One a line."),
        "yes": _("yes"),
        "more": _("More"),
        "name": _("Name"),
        "name_help": _("How it is called in addresses, tokens and exports."),
        "default": _("Filled in beforehand"),
        "from_address": _("Fill in from the address of the page"),
        "from_address_help": _("Such as ?%(name)s=… in a link."),
        "purpose": _("What it allows"),
        "topics": _("Topics offered"),
        "no_topics": _("There are no topics yet: Settings → Topics."),
        "consent_help": _("Never ticked beforehand. The wording is kept with the consent."),
        "choose": _("Choose…"),
        "html_help": _("Scripts are taken out."),
    }


def _of_form() -> dict[str, str]:
    return {
        "form": _("Form"),
        "title": _("Title"),
        "intro": _("Introduction"),
        "button": _("Button"),
        "after": _("When it is sent"),
        "after_message": _("Thank them in place"),
        "after_redirect": _("Go to an address"),
        "after_stay": _("Thank them, and offer the form again"),
        "thanks": _("Thanks"),
        "url": _("Address"),
        "look": _("Look"),
        "colour": _("Colour of buttons"),
        "back": _("Background of the page"),
        "corners": _("Corners"),
        "soft": _("Soft"),
        "round": _("Round"),
        "square": _("Square"),
        "font": _("Typeface"),
        "sans": _("Plain"),
        "serif": _("With serifs"),
        "frame": _("Around it"),
        "card": _("A card"),
        "plain": _("Nothing"),
        "safety": _("Safety"),
        "work": _("Let browsers do a little work"),
        "work_help": _("Stops more programs; visitors then need JavaScript."),
        "confirmed": _("Ask new people to confirm by mail"),
        "confirmed_help": _(
            "Consent to emails counts once they press the button in a mail. Of contacts who are"
            " known already this is always asked."
        ),
        "default_thanks": _("Thank you! We have received your message."),
    }
