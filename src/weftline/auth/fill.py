"""Templates of a kind's config: over the instance's variables, ``credentials`` and what the kind adds."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from weftline.errors import ExpressionError
from weftline.expr import Template, compile_template
from weftline.kernel import Redactor

_CREDENTIAL = re.compile(r'credentials(?:\.([a-z][a-z0-9_]*)|\["([^"]+)"\])')


def credentials_in(value: Any) -> list[str]:
    """The credentials that a template (text, or a document of texts) names as ``credentials.<key>``."""
    found = (_CREDENTIAL.match(reference) for reference in _compiled(value).references)
    return sorted({match[1] or match[2] for match in found if match})


def fill(
    value: Any, variables: Mapping[str, Any], credential: Callable[[str], str], secrets: Callable[[], Iterable[str]],
    more: Mapping[str, Any],
) -> Any:  # fmt: skip
    """A template's value. An empty credential is named; what goes wrong is said without a credential's value."""
    template = _compiled(value)
    if template.is_constant:
        return template.render({})
    credentials = {key: credential(key) for key in credentials_in(value)}
    try:
        return template.render({**variables, "credentials": credentials, **more}, strict=True)
    except ExpressionError as error:
        masked = Redactor(secrets())
        raise ExpressionError(masked.text(error.message), hint=masked.text(error.hint)) from None


def _compiled(value: Any) -> Template:
    return _compiled_text(value) if isinstance(value, str) else compile_template(value)


@functools.lru_cache(maxsize=512)
def _compiled_text(text: str) -> Template:
    return compile_template(text)
