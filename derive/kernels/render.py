"""The one place that finds and renders templates."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, NoReturn

import jinja2

import derive
from derive.errors import EmitError


def template_folder() -> Path:
    """The folder of templates: inside the installed package, or beside it in a source checkout."""
    package = Path(derive.__file__).resolve().parent
    for folder in (package / "templates", package.parent / "templates"):
        if folder.is_dir():
            return folder
    raise EmitError(f"the templates are missing: looked in {package / 'templates'} and {package.parent / 'templates'}")


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
