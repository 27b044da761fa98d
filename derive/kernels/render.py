"""The one place that renders templates."""

from __future__ import annotations

import functools
from typing import Any, NoReturn

import jinja2

from derive.errors import EmitError
from derive.files import template_folder


@functools.cache
def environment() -> jinja2.Environment:
    """The Jinja environment: undefined names are errors, and a template may refuse with `raise`."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_folder()),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    env.globals["raise"] = _refuse
    return env


def _refuse(message: str) -> NoReturn:
    raise EmitError(message)


def render(template: str, **values: Any) -> str:
    """The text of a template; a missing value raises EmitError."""
    try:
        return environment().get_template(template).render(**values)
    except jinja2.TemplateError as error:
        raise EmitError(f"template {template}: {error}") from error
