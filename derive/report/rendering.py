"""Templates for marked-up text: everything is escaped unless it is a formula or a picture of ours."""

from __future__ import annotations

import functools
import re
from typing import Any

import jinja2
from markupsafe import Markup

from derive.errors import EmitError
from derive.formula import GREEK, latex, mathml
from derive.formula.markup import Latex
from derive.kernels.render import environment
from derive.report.elements import Code, Formula, Prose

ALIGNED = r"\begin{aligned}"  # what a formula on several lines begins with


@functools.cache
def _markup() -> jinja2.Environment:
    env = environment().overlay(autoescape=True)
    env.filters = {**env.filters, "math": math, "bare": bare, "display": display, "step": step, "prose": prose}
    return env


@functools.cache
def _plain() -> jinja2.Environment:
    env = environment().overlay()
    env.filters = {
        **env.filters,
        "latex": lambda formula: formula.show(latex),
        "latex_lines": lambda formula: formula.display(latex),
        "latex_step": lambda formula: formula.step(latex),
        "md": markdown_text,
        "md_prose": markdown_prose,
        "tex": latex_text,
        "tex_prose": latex_prose,
        "tex_inline": latex_inline,
        "tex_display": lambda formula: latex_display(formula.display(latex)),
        "tex_step": lambda formula: latex_display(formula.step(latex)),
    }
    return env


def render_markup(template: str, **values: Any) -> str:
    """HTML or SVG from a template that escapes what it is given."""
    return _render(_markup(), template, values)


def render_text(template: str, **values: Any) -> str:
    """Markdown or LaTeX from a template; it says itself what is to be escaped."""
    return _render(_plain(), template, values)


def _render(env: jinja2.Environment, template: str, values: dict[str, Any]) -> str:
    try:
        return env.get_template(template).render(**values)
    except jinja2.TemplateError as error:
        raise EmitError(f"template {template}: {error}") from error


def math(formula: Formula) -> Markup:
    """A formula within a line of HTML."""
    return Markup(f"<math>{formula.show(mathml)}</math>")


def bare(formula: Formula) -> Markup:
    """A formula to be put inside of a <math> element."""
    return Markup(formula.show(mathml))


def display(formula: Formula) -> Markup:
    """A formula on a line of its own, which scrolls by itself when it is wider than the page."""
    return Markup(f'<div class="formula"><math display="block">{formula.display(mathml)}</math></div>')


def step(formula: Formula) -> Markup:
    """What the formula before it is equal to, on a line of its own."""
    return Markup(f'<div class="formula"><math display="block">{formula.step(mathml)}</math></div>')


def prose(parts: Prose) -> Markup:
    """Prose as HTML."""
    shown = [
        math(p) if isinstance(p, Formula) else Markup("<code>{}</code>").format(p.text) if isinstance(p, Code) else p
        for p in parts
    ]
    return Markup("").join(shown)


def markdown_text(text: str) -> str:
    """Text that Markdown shows as it stands."""
    text = re.sub(r"([\\`*<>|$\[\]#~])", r"\\\1", text)
    return re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)


def markdown_prose(parts: Prose) -> str:
    """Prose as Markdown, formulas in the form that Markdown's own escapes do not reach into."""
    return "".join(
        f"$`{p.show(latex)}`$" if isinstance(p, Formula) else f"`{p.text}`" if isinstance(p, Code) else markdown_text(p)
        for p in parts
    )


_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "→": r"\(\rightarrow\)",
    "−": r"\(-\)",
    "●": r"\(\bullet\)",
    "○": r"\(\circ\)",
    "†": r"\dag{}",
    **{c: rf"\{c}" for c in "&%$#_{}"},
    **{c: rf"\({Latex.greek(name)}\)" for name, c in GREEK.items()},
}


def latex_text(text: str) -> str:
    """Text that LaTeX shows as it stands."""
    return "".join(_TEX.get(c) or (c if ord(c) < 256 else rf"\texttt{{U+{ord(c):04X}}}") for c in text)


def latex_prose(parts: Prose) -> str:
    """Prose as LaTeX."""
    return "".join(
        f"${p.show(latex)}$"
        if isinstance(p, Formula)
        else rf"\texttt{{{latex_text(p.text)}}}"
        if isinstance(p, Code)
        else latex_text(p)
        for p in parts
    )


def latex_inline(formula: Formula) -> str:
    """A formula within a line; one that needs several lines stands on lines of its own."""
    body = formula.display(latex)
    return rf"\[ {body} \]" if body.startswith(ALIGNED) else f"${body}$"


def latex_display(body: str) -> str:
    """A formula on lines of its own: one that is still too long for a line may break where text would."""
    if body.startswith(ALIGNED):
        return rf"\[ {body} \]"
    words = re.sub(r"\\(left|right|mathrm|frac|,|sqrt)|[{}\s]", "", re.sub(r"\\[a-z]+", "x", body))
    if len(words) <= 85:
        return rf"\[ {body} \]"
    return rf"\begin{{flushleft}}\small $\displaystyle {body}$\end{{flushleft}}"
