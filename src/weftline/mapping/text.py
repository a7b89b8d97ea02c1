"""Transforms on text."""

from __future__ import annotations

from typing import Any, Literal

from weftline.expr import compile_template
from weftline.expr.functions.text import compile_pattern, pad_left, pad_right, plain_text, replaced, sliced
from weftline.expr.values import joined
from weftline.mapping.base import Scope, TextSetting, Transform, TransformConfig
from weftline.mapping.lookups import Lookups
from weftline.model.fields import field


class UpperTransform(Transform):
    """Capital letters."""

    kind, title, group = "upper", "Capital letters", "text"

    def apply(self, value: Any, scope: Scope) -> Any:
        return plain_text(value).upper()


class LowerTransform(Transform):
    """Small letters."""

    kind, title, group = "lower", "Small letters", "text"

    def apply(self, value: Any, scope: Scope) -> Any:
        return plain_text(value).lower()


class TrimTransform(Transform):
    """Take white space, or other characters, from the ends."""

    kind, title, group = "trim", "Trim", "text"

    class Config(TransformConfig):
        """Which characters and which ends."""

        characters: str = field("", title="Characters", description="Empty: white space", example="-/")
        side: Literal["both", "left", "right"] = field(
            "both", title="Side", description="Which end is trimmed", example="both"
        )

    def apply(self, value: Any, scope: Scope) -> Any:
        text, characters = plain_text(value), self.config.characters or None
        match self.config.side:
            case "left":
                return text.lstrip(characters)
            case "right":
                return text.rstrip(characters)
            case _:
                return text.strip(characters)


class ReplaceTransform(Transform):
    """Replace one text by another, or what a pattern matches."""

    kind, title, group = "replace", "Replace", "text"

    class Config(TransformConfig):
        """What is found and what takes its place."""

        find: str = field(title="Find", description="The text, or the pattern, to replace", example="-", min_length=1)
        replace_with: str = field("", title="Replace with", description="May hold {{ references }}", example=" ")
        pattern: bool = field(
            False, title="Is a pattern", description="Find is a regular expression (RE2)", example=False
        )

    def __init__(self, config: Any, lookups: Lookups) -> None:
        super().__init__(config, lookups)
        self._new = TextSetting(config.replace_with)
        if config.pattern:
            compile_pattern(config.find)

    def apply(self, value: Any, scope: Scope) -> Any:
        if self.config.pattern:
            return compile_pattern(self.config.find).sub(self._new(scope), plain_text(value))
        return replaced(plain_text(value), self.config.find, self._new(scope))


class PrefixTransform(Transform):
    """Put a text in front."""

    kind, title, group = "prefix", "Prefix", "text"

    class Config(TransformConfig):
        """What is put in front."""

        text: str = field(title="Text", description="May hold {{ references }}", example="SO-")

    def __init__(self, config: Any, lookups: Lookups) -> None:
        super().__init__(config, lookups)
        self._text = TextSetting(config.text)

    def apply(self, value: Any, scope: Scope) -> Any:
        return self._text(scope) + plain_text(value)


class SuffixTransform(Transform):
    """Put a text behind."""

    kind, title, group = "suffix", "Suffix", "text"

    class Config(TransformConfig):
        """What is put behind."""

        text: str = field(title="Text", description="May hold {{ references }}", example=" (web)")

    def __init__(self, config: Any, lookups: Lookups) -> None:
        super().__init__(config, lookups)
        self._text = TextSetting(config.text)

    def apply(self, value: Any, scope: Scope) -> Any:
        return plain_text(value) + self._text(scope)


class SubstringTransform(Transform):
    """Keep part of the text."""

    kind, title, group = "substring", "Part of text", "text"

    class Config(TransformConfig):
        """Where the part begins and how long it is."""

        start: int = field(0, title="Start", description="0 is the first character; -1 the last", example=0)
        length: int | None = field(
            None, title="Length", description="How many characters; empty: to the end", example=10, ge=0
        )

    def apply(self, value: Any, scope: Scope) -> Any:
        return sliced(plain_text(value), self.config.start, self.config.length)


class SplitTransform(Transform):
    """Cut the text into a list."""

    kind, title, group = "split", "Split", "text"

    class Config(TransformConfig):
        """Where to cut."""

        separator: str = field(
            ",", title="Separator", description="Stands between the pieces", example=",", min_length=1
        )
        trim: bool = field(True, title="Trim", description="Take white space from each piece", example=True)

    def apply(self, value: Any, scope: Scope) -> Any:
        text = plain_text(value)
        pieces = text.split(self.config.separator) if text else []
        return [piece.strip() for piece in pieces] if self.config.trim else pieces


class PadTransform(Transform):
    """Fill the text up to a length."""

    kind, title, group = "pad", "Pad", "text"

    class Config(TransformConfig):
        """How long, with what, at which end."""

        length: int = field(title="Length", description="Characters wanted", example=8, ge=1, le=10_000)
        fill: str = field("0", title="Fill", description="The character to fill with", example="0", min_length=1)
        side: Literal["left", "right"] = field(
            "left", title="Side", description="Which end is filled", example="left"
        )

    def apply(self, value: Any, scope: Scope) -> Any:
        pad = pad_left if self.config.side == "left" else pad_right
        return pad(plain_text(value), self.config.length, self.config.fill)


class DefaultTransform(Transform):
    """Another value where there is none."""

    kind, title, group = "default", "Default", "text"
    takes_null = True

    class Config(TransformConfig):
        """What stands in, and for what."""

        value: Any = field(title="Value", description="Used instead; may hold {{ references }}", example="unknown")
        for_empty: bool = field(True, title="For empty text", description="Empty text counts as none", example=True)

    def __init__(self, config: Any, lookups: Lookups) -> None:
        super().__init__(config, lookups)
        self._value = compile_template(config.value)

    def apply(self, value: Any, scope: Scope) -> Any:
        if value is None or (self.config.for_empty and value == ""):
            return self._value.render(scope)
        return value


class ConcatTransform(Transform):
    """Join several sources into one text."""

    kind, title, group, takes = "concat", "Concatenate", "text", "list"

    class Config(TransformConfig):
        """How they are joined."""

        separator: str = field("", title="Separator", description="Stands between the values", example=" ")
        skip_empty: bool = field(True, title="Skip empty", description="Leave out null and empty text", example=True)

    def apply(self, value: Any, scope: Scope) -> Any:
        kept = [one for one in value if one is not None and one != ""] if self.config.skip_empty else value
        return joined(kept, self.config.separator)


class TextTemplateTransform(Transform):
    """A text of your own, with references in it."""

    kind, title, group = "text_template", "Custom text", "text"
    takes_null = True

    class Config(TransformConfig):
        """The text."""

        template: str = field(
            title="Text",
            description="May hold {{ references }}; {{ value }} is what came in",
            example="{{ value }} ({{ payload.currency }})",
            multiline=True,
        )

    def __init__(self, config: Any, lookups: Lookups) -> None:
        super().__init__(config, lookups)
        self._template = compile_template(config.template)

    def apply(self, value: Any, scope: Scope) -> Any:
        return self._template.render({**scope, "value": value})
