"""Block Kit's rules: what is wrong with a list of blocks, in Slack's words.

The limits are those of Slack's reference and of the SDK's own validators.
"""

import re
from dataclasses import dataclass, field

MESSAGE, MODAL, HOME = "message", "modal", "home"
MARKDOWN_IN_ALL = 12_000
# Measured by others: with a markdown block in it, all the text of a message may be this long.
TEXT_BESIDE_MARKDOWN = 13_200
_HTTP = re.compile(r"https?://[^\s]+\Z")
_SURFACES = {
    "actions": (MESSAGE, MODAL, HOME),
    "alert": (MESSAGE, MODAL),
    "card": (MESSAGE,),
    "carousel": (MESSAGE,),
    "context": (MESSAGE, MODAL, HOME),
    "context_actions": (MESSAGE,),
    "divider": (MESSAGE, MODAL, HOME),
    "header": (MESSAGE, MODAL, HOME),
    "image": (MESSAGE, MODAL, HOME),
    "input": (MESSAGE, MODAL, HOME),
    "markdown": (MESSAGE,),
    "plan": (MESSAGE,),
    "rich_text": (MESSAGE, MODAL, HOME),
    "section": (MESSAGE, MODAL, HOME),
    "table": (MESSAGE,),
    "task_card": (MESSAGE,),
}
_KEYS = {
    "actions": "elements",
    "context": "elements",
    "context_actions": "elements",
    "divider": "",
    "header": "text level",
    "image": "image_url slack_file alt_text title",
    "input": "label element hint optional dispatch_action",
    "markdown": "text",
    "rich_text": "elements",
    "section": "text fields accessory expand",
}
_ELEMENT_KEYS = {
    "button": "text url value style confirm accessibility_label",
    "checkboxes": "options initial_options confirm focus_on_load",
    "feedback_buttons": "positive_button negative_button",
    "icon_button": "icon text value confirm accessibility_label visible_to_user_ids",
    "image": "image_url slack_file alt_text",
    "overflow": "options confirm",
    "plain_text_input": "initial_value multiline min_length max_length focus_on_load placeholder "
    "dispatch_action_config",
    "radio_buttons": "options initial_option confirm focus_on_load",
    "static_select": "placeholder options option_groups initial_option confirm focus_on_load",
    "multi_static_select": "placeholder options option_groups initial_options confirm "
    "focus_on_load max_selected_items",
}
_CLICKED = "button checkboxes icon_button overflow radio_buttons static_select".split()
_CHOSEN = {"checkboxes": 10, "radio_buttons": 10, "overflow": 5}


@dataclass
class Findings:
    """What is wrong so far, each with a pointer to its place."""

    root: str = "/blocks"
    surface: str = MESSAGE
    wrong: list[str] = field(default_factory=list)

    def say(self, message, where):
        self.wrong.append(f"{message} [json-pointer:{self.root}{where}]")

    def length(self, value, where, most, least=1):
        """Check the length of a string or a list."""
        kind = "characters" if isinstance(value, str) else "items"
        if not isinstance(value, str | list):
            self.say("must be a string", where)
        elif len(value) > most and kind == "items":
            self.say(f"no more than {most} items allowed", where)
        elif len(value) > most:
            self.say(f"must be less than {most + 1} characters", where)
        elif len(value) < least:
            self.say(f"must be more than {least - 1} {kind}", where)

    def keys(self, node, allowed, where, required=()):
        """Check that an object has what it must and nothing else."""
        for key in required:
            if key not in node:
                self.say(f"missing required field: {key}", where)
        for key in set(node) - {"type", "block_id", "action_id"} - set(allowed):
            self.say(f"no more than {len(allowed)} properties allowed: {key}", f"{where}/{key}")


def wrong_with(blocks, *, surface=MESSAGE, root="/blocks", most=50):
    """Everything wrong with these blocks, in Slack's words; nothing where they are right."""
    found = Findings(root, surface)
    if not isinstance(blocks, list):
        found.say("must be an array", "")
        return found.wrong
    if len(blocks) > most:
        found.say(f"no more than {most} items allowed", "")
    for number, block in enumerate(blocks):
        _block(block, f"/{number}", found)
    _ids(blocks, found)
    markdown = [
        b.get("text") for b in blocks if isinstance(b, dict) and b.get("type") == "markdown"
    ]
    if sum(len(text) for text in markdown if isinstance(text, str)) > MARKDOWN_IN_ALL:
        found.say(f"markdown blocks must be less than {MARKDOWN_IN_ALL + 1} characters in all", "")
    return found.wrong


def too_long(blocks):
    """Whether Slack would call these blocks too long all together."""
    if not any(block.get("type") == "markdown" for block in blocks):
        return False
    return sum(map(_weight, blocks)) > TEXT_BESIDE_MARKDOWN


def _weight(node):
    if isinstance(node, list):
        return sum(map(_weight, node))
    if not isinstance(node, dict):
        return 0
    own = len(node["text"]) if isinstance(node.get("text"), str) else 0
    return own + sum(_weight(child) for child in node.values())


def _ids(blocks, found):
    seen = set()
    for number, block in enumerate(blocks):
        named = block.get("block_id") if isinstance(block, dict) else None
        if named is None:
            continue
        found.length(named, f"/{number}/block_id", 255)
        if named in seen:
            found.say(f'`block_id` "{named}" already exists', f"/{number}/block_id")
        seen.add(named)


def _block(block, where, found):
    kind = block.get("type") if isinstance(block, dict) else None
    if kind not in _SURFACES or found.surface not in _SURFACES[kind]:
        found.say(f"unsupported type: {kind}", f"{where}/type")
        return
    if kind in _KEYS:
        found.keys(block, _KEYS[kind].split(), where)
    check = _CHECKS.get(kind)
    if check:
        check(block, where, found)


def text(node, where, found, most=3000, kinds=("plain_text", "mrkdwn")):
    """Check a text object."""
    if not isinstance(node, dict) or node.get("type") not in kinds:
        found.say(f"must be a {' or '.join(kinds)} object", where)
        return
    extra = {"plain_text": ["emoji"], "mrkdwn": ["verbatim"]}[node["type"]]
    found.keys(node, ["text", *extra], where, ["text"])
    found.length(node.get("text", ""), f"{where}/text", most)


def plain(node, where, found, most=3000):
    """Check a plain text object."""
    text(node, where, found, most, ("plain_text",))


def _section(block, where, found):
    if "text" not in block and "fields" not in block:
        found.say("missing required field: text", where)
    if "text" in block:
        text(block["text"], f"{where}/text", found)
    fields = block.get("fields", [{"type": "plain_text", "text": "-"}])
    found.length(fields, f"{where}/fields", 10)
    for number, each in enumerate(fields):
        text(each, f"{where}/fields/{number}", found, 2000)
    if "accessory" in block:
        _element(block["accessory"], f"{where}/accessory", found, (*_CLICKED, "image"))


def _header(block, where, found):
    plain(block.get("text"), f"{where}/text", found, 150)


def _markdown(block, where, found):
    found.length(block.get("text"), f"{where}/text", MARKDOWN_IN_ALL)


def _context(block, where, found):
    elements = block.get("elements")
    found.length(elements, f"{where}/elements", 10)
    for number, each in enumerate(elements or ()):
        if isinstance(each, dict) and each.get("type") == "image":
            _element(each, f"{where}/elements/{number}", found, ("image",))
        else:
            text(each, f"{where}/elements/{number}", found)


def _elements(kinds, most):
    def check(block, where, found):
        elements = block.get("elements")
        found.length(elements, f"{where}/elements", most)
        for number, each in enumerate(elements or ()):
            _element(each, f"{where}/elements/{number}", found, kinds)
        named = [each.get("action_id") for each in elements or () if isinstance(each, dict)]
        for name in {name for name in named if name and named.count(name) > 1}:
            found.say(f'`action_id` "{name}" already exists', f"{where}/elements")

    return check


def _image(block, where, found):
    if not {"image_url", "slack_file"} & set(block):
        found.say("missing required field: image_url", where)
    if "image_url" in block and not _HTTP.match(str(block["image_url"])):
        found.say("must be a valid URL", f"{where}/image_url")
    found.length(block.get("alt_text"), f"{where}/alt_text", 2000)


def _input(block, where, found):
    plain(block.get("label"), f"{where}/label", found, 2000)
    if "hint" in block:
        plain(block["hint"], f"{where}/hint", found, 2000)
    kinds = [kind for kind in _ELEMENT_KEYS if kind not in ("button", "image", "overflow")]
    _element(block.get("element"), f"{where}/element", found, kinds)


def _rich_text(block, where, found):
    found.length(block.get("elements"), f"{where}/elements", 1000)


def _element(node, where, found, kinds):
    kind = node.get("type") if isinstance(node, dict) else None
    if kind not in kinds:
        found.say(f"unsupported type: {kind}", f"{where}/type")
        return
    found.keys(node, _ELEMENT_KEYS[kind].split(), where)
    if "action_id" in node:
        found.length(node["action_id"], f"{where}/action_id", 255)
    check = _ELEMENT_CHECKS.get(kind)
    if check:
        check(node, where, found)
    if "placeholder" in node:
        plain(node["placeholder"], f"{where}/placeholder", found, 150)
    if "confirm" in node:
        _confirm(node["confirm"], f"{where}/confirm", found)


def _button(node, where, found):
    plain(node.get("text"), f"{where}/text", found, 75)
    found.length(node.get("value", "-"), f"{where}/value", 2000, 0)
    found.length(node.get("url", "-"), f"{where}/url", 3000)
    found.length(node.get("accessibility_label", "-"), f"{where}/accessibility_label", 75)
    if "url" in node and not _HTTP.match(str(node["url"])):
        found.say("must be a valid URL", f"{where}/url")
    if node.get("style", "primary") not in ("primary", "danger"):
        found.say("must be primary or danger", f"{where}/style")


def _feedback(node, where, found):
    for side in ("positive_button", "negative_button"):
        button = node.get(side)
        if not isinstance(button, dict):
            found.say(f"missing required field: {side}", where)
            continue
        there = f"{where}/{side}"
        found.keys(button, ["text", "value", "accessibility_label"], there, ["text", "value"])
        plain(button.get("text"), f"{there}/text", found, 75)
        found.length(button.get("value", ""), f"{there}/value", 2000)
        found.length(button.get("accessibility_label", "-"), f"{there}/accessibility_label", 75)


def _icon(node, where, found):
    plain(node.get("text"), f"{where}/text", found, 75)
    if node.get("icon") != "trash":
        found.say("must be trash", f"{where}/icon")


def _options(node, where, found):
    groups = node.get("option_groups", [{"options": node.get("options")}])
    for group in groups:
        options = group.get("options")
        found.length(options, f"{where}/options", _CHOSEN.get(node["type"], 100))
        for number, option in enumerate(options or ()):
            _option(option, f"{where}/options/{number}", found)


def _option(option, where, found):
    if not isinstance(option, dict):
        found.say("must be an option", where)
        return
    found.keys(option, ["text", "value", "description", "url"], where, ["text", "value"])
    text(option.get("text"), f"{where}/text", found, 75)
    found.length(option.get("value", ""), f"{where}/value", 150)


def _typed(node, where, found):
    for key in ("min_length", "max_length"):
        if not 0 <= node.get(key, 1) <= 3000:
            found.say("must be between 0 and 3000", f"{where}/{key}")
    found.length(node.get("initial_value", "-"), f"{where}/initial_value", 3000, 0)


def _confirm(node, where, found):
    found.keys(node, ["title", "text", "confirm", "deny", "style"], where, ["title", "text"])
    for key, most in (("title", 100), ("confirm", 30), ("deny", 30)):
        if key in node:
            plain(node[key], f"{where}/{key}", found, most)


_CHECKS = {
    "section": _section,
    "header": _header,
    "markdown": _markdown,
    "context": _context,
    "actions": _elements([*_CLICKED, "multi_static_select"], 25),
    "context_actions": _elements(["feedback_buttons", "icon_button"], 5),
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
}
_ELEMENT_CHECKS = {
    "button": _button,
    "feedback_buttons": _feedback,
    "icon_button": _icon,
    "static_select": _options,
    "multi_static_select": _options,
    "radio_buttons": _options,
    "checkboxes": _options,
    "overflow": _options,
    "plain_text_input": _typed,
    "image": _image,
}


def wrong_with_view(view):
    """Everything wrong with a modal or home view."""
    found = Findings("/view", "home")
    if not isinstance(view, dict) or view.get("type") not in (MODAL, HOME):
        return ["must provide a valid view type [json-pointer:/view/type]"]
    modal = view["type"] == MODAL
    allowed = "blocks private_metadata callback_id external_id"
    if modal:
        allowed += " title submit close clear_on_close notify_on_close submit_disabled"
    found.keys(view, allowed.split(), "", ["blocks", *(["title"] if modal else [])])
    for key in {"title", "submit", "close"} & set(view):
        plain(view[key], f"/{key}", found, 24)
    for key, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        found.length(view.get(key, ""), f"/{key}", most, 0)
    blocks = view.get("blocks", [])
    if modal and "submit" not in view and any(_is_input(block) for block in blocks):
        found.say("submit is required when an input block is within blocks array", "/submit")
    return found.wrong + wrong_with(blocks, surface=view["type"], root="/view/blocks", most=100)


def _is_input(block):
    return isinstance(block, dict) and block.get("type") == "input"
