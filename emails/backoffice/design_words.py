"""The words of frontend/src/design."""

from typing import Any

from django.utils.translation import gettext as _


def words() -> dict[str, Any]:
    """Return the words of frontend/src/design."""
    parts = (
        _of_audiences,
        _of_the_page,
        _of_offers,
        _of_components,
        _of_attributes,
        _of_writing,
        _told,
    )
    return {key: words for part in parts for key, words in part().items()}


def _of_audiences() -> dict[str, Any]:
    return {
        "audiences_hint": _(
            "Who belongs to an audience gets the variants written for it. Of several variants the "
            "first that fits is shown."
        ),
        "audience_new": _("Audience %(number)s"),
        "audience_name": _("Name of the audience"),
        "audience_look": _("Show the mail as somebody of it"),
        "audience_filter": _("Filter"),
        "audience_asked": _("The email asks for it. Take its variants out first."),
        "audience_nobody": _("without a filter nobody belongs to it"),
        "audience_add": _("Add an audience"),
        "audience_another": _("A new audience…"),
        "shown_to": _("Shown to"),
        "everybody": _("Everybody"),
        "everybody_else": _("Everybody else"),
        "variants": _("Variants, the first that fits"),
        "variant_add": _("Add a variant for…"),
        "variant_else": _("Other words for everybody else"),
        "offer_dynamic": _("Dynamic content"),
        "sample_for": _("Words for %(name)s"),
    }


def _of_the_page() -> dict[str, Any]:
    return {
        "blocks": _("Blocks"),
        "structure": _("Structure"),
        "properties": _("Properties"),
        "canvas": _("The mail as it is drawn"),
        "close": _("Close"),
        "width": _("Width"),
        "wide": _("Desktop"),
        "slim": _("Phone"),
        "images": _("Images"),
        "images_off": _("Images of other sites stay off until you ask for them."),
        "not_drawn": _("What is shown is older: something is to be mended first."),
        "draft_busy": _("Many changes at once: what is shown is older, the newest follows soon."),
        "draft_failed": _("The server does not answer: what is shown is older. It is asked again."),
        "as_whom": _("As %(name)s"),
        "as_nobody": _("Show it as nobody in particular"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "always": _("It is shown always."),
        "not_whole": _("Not in the email yet: what begins here must end, such as {{ with }}."),
        "half_typed": _("Half typed, not in the email yet"),
        "no_body": _("This document has no mj-body. Mend it in the code, or begin a new email."),
        "in_code": _("In the code"),
        "checks": _("Checks"),
        "fine": _("Nothing to mend"),
        "size": _("%(size)s KB"),
        "unknown_block": _(
            "The design does not know this block. It stays as it is; change it in the code."
        ),
        "only": _("Only where: %(words)s"),
        "faulty": _("Something is to be mended here"),
        "drag_or_press": _("Drag it into the mail, or press to add it after the selection"),
        "drag_to_move": _("Drag to move"),
        "select_out": _("Select what is around"),
        "move_up": _("Move up"),
        "move_down": _("Move down"),
        "duplicate": _("Duplicate"),
        "remove": _("Remove"),
        "add_one": _("Add another"),
        "to_look_at": _("%(count)s to look at"),
        "no_alt": _("An image has no description."),
        "no_picture": _("An image has no address yet."),
        "no_link": _("A button leads nowhere."),
    }


def _of_offers() -> dict[str, Any]:
    return {
        "group_sections": _("Sections"),
        "group_content": _("Content"),
        "offer_columns_1": _("1 column"),
        "offer_columns_2": _("2 columns"),
        "offer_columns_3": _("3 columns"),
        "offer_columns_4": _("4 columns"),
        "offer_columns_12": _("Narrow and wide"),
        "offer_columns_21": _("Wide and narrow"),
        "offer_hero": _("Banner"),
        "offer_heading": _("Heading"),
        "offer_text": _("Text"),
        "offer_image": _("Image"),
        "offer_button": _("Button"),
        "offer_divider": _("Divider"),
        "offer_spacer": _("Space"),
        "offer_social": _("Networks"),
        "offer_table": _("Table"),
        "offer_products": _("Products"),
        "offer_html": _("HTML"),
        "offer_footer": _("Footer"),
        "sample_title": _("A good title"),
        "sample_text": _("Write your text here."),
        "sample_button": _("Have a look"),
        "sample_preferences": _("Your preferences"),
        "sample_leave": _("Unsubscribe"),
        "sample_head": _("Article"),
        "sample_price": _("Price"),
        "sample_row": _("First article"),
    }


def _of_components() -> dict[str, Any]:
    return {
        "name_mj-body": _("Whole email"),
        "name_mj-section": _("Section"),
        "name_mj-wrapper": _("Group of sections"),
        "name_mj-hero": _("Banner"),
        "name_mj-column": _("Column"),
        "name_mj-group": _("Group of columns"),
        "name_mj-text": _("Text"),
        "name_mj-image": _("Image"),
        "name_mj-button": _("Button"),
        "name_mj-divider": _("Divider"),
        "name_mj-spacer": _("Space"),
        "name_mj-social": _("Networks"),
        "name_mj-social-element": _("Network"),
        "name_mj-table": _("Table"),
        "name_mj-raw": _("HTML"),
        "name_mj-navbar": _("Menu of links"),
        "name_mj-navbar-link": _("Link"),
        "name_mj-accordion": _("Accordion"),
        "name_mj-carousel": _("Carousel"),
        "name_mj-carousel-image": _("Image"),
    }


def _of_attributes() -> dict[str, Any]:
    return {
        "columns": _("Columns"),
        "look_size": _("Size of the texts"),
        "look_text": _("Colour of the texts"),
        "look_button": _("Background of the buttons"),
        "attr_words": _("Words"),
        "attr_html": _("HTML"),
        "attr_href": _("Link"),
        "attr_src": _("Address of the image"),
        "attr_alt": _("Description"),
        "attr_width": _("Width"),
        "attr_height": _("Height"),
        "attr_align": _("Alignment"),
        "attr_vertical-align": _("Vertical alignment"),
        "attr_color": _("Colour of the text"),
        "attr_background-color": _("Background"),
        "attr_container-background-color": _("Background around"),
        "attr_background-url": _("Background image"),
        "attr_background-size": _("Size of the image"),
        "attr_background-repeat": _("Repeat the image"),
        "attr_background-width": _("Width of the image"),
        "attr_background-height": _("Height of the image"),
        "attr_hover": _("Background under the pointer"),
        "attr_padding": _("Space around"),
        "attr_inner-padding": _("Space inside"),
        "attr_border": _("Border"),
        "attr_border-radius": _("Rounding"),
        "attr_border-color": _("Colour of the line"),
        "attr_border-width": _("Thickness"),
        "attr_border-style": _("Kind of line"),
        "attr_full-width": _("Background over the full width"),
        "attr_fluid-on-mobile": _("Full width on phones"),
        "attr_font-family": _("Font"),
        "attr_font-size": _("Size"),
        "attr_line-height": _("Line height"),
        "attr_mode": _("Layout"),
        "attr_icon-size": _("Size of the icons"),
        "top": _("Top"),
        "right": _("Right side"),
        "bottom": _("Bottom"),
        "left": _("Left side"),
        "align_left": _("Left side"),
        "align_center": _("Centre"),
        "align_right": _("Right side"),
        "none": _("None"),
        "pick_colour": _("Pick a colour"),
        "use_colour": _("Use %(colour)s"),
        "as_the_email": _("%(name)s, as the email"),
        "value_no": _("No"),
        "value_true": _("Yes"),
        "value_full-width": _("Yes"),
        "value_auto": _("As it is"),
        "value_cover": _("Cover"),
        "value_contain": _("Contain"),
        "value_repeat": _("Repeat"),
        "value_no-repeat": _("Once"),
        "value_top": _("Top"),
        "value_middle": _("Middle"),
        "value_bottom": _("Bottom"),
        "value_solid": _("Solid"),
        "value_dashed": _("Dashed"),
        "value_dotted": _("Dotted"),
        "value_horizontal": _("Beside each other"),
        "value_vertical": _("Below each other"),
        "value_fluid-height": _("As high as its content"),
        "value_fixed-height": _("Fixed height"),
        "shown_on": _("Shown on"),
        "everywhere": _("All screens"),
        "hide-on-phone": _("Desktop only"),
        "hide-on-desktop": _("Phones only"),
    }


def _of_writing() -> dict[str, Any]:
    return {
        "writing": _("Look of the text"),
        "write_here": _("Write in the mail"),
        "write_bold": _("Bold"),
        "write_italic": _("Italic"),
        "write_underline": _("Underlined"),
        "write_strike": _("Struck through"),
        "write_bulletList": _("List"),
        "write_orderedList": _("Numbered list"),
        "write_link": _("Link"),
        "write_colour": _("Colour of the text"),
        "write_plain": _("Without emphasis"),
        "write_done": _("Leave the text"),
        "apply": _("Apply"),
        "too_rich": _(
            "This text has more than can be written here. It stays as it is: change its HTML."
        ),
        "text_unseen": _(
            "This text is not drawn now, so it cannot be written in the mail: change its HTML."
        ),
        "personal": _("Personal value"),
        "search": _("Search…"),
        "put_where": _("Press a text or a field first."),
        "search_personal": _("Search personal values"),
    }


def _told() -> dict[str, Any]:
    return {
        "added": _("%(name)s added"),
        "removed": _("%(name)s removed"),
        "duplicated": _("%(name)s duplicated"),
        "copied": _("%(name)s copied"),
        "pasted": _("%(name)s pasted"),
        "moved": _("%(name)s moved"),
        "moved_up": _("%(name)s moved up"),
        "moved_down": _("%(name)s moved down"),
        "at_the_end": _("It cannot go further."),
        "undone": _("Undone"),
        "redone": _("Done again"),
    }
