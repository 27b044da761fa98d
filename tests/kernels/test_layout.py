"""Long statements of emitted modules are broken where they may be, whatever they are made of."""

from __future__ import annotations

import ast

import pytest

from derive.kernels.python_api.layout import WIDTH, wrap_source

NAMES = [f"a_rather_long_name_{k}" for k in range(16)]
STATEMENTS = {
    "a sum": f"x = {' + '.join(NAMES)}",
    "a call": f"x = np.add({', '.join(NAMES)})",
    "a tuple taken apart": f"{', '.join(NAMES)} = saved.all",
    "a tuple on both sides": f"{', '.join(NAMES)} = {', '.join(f'saved.{name}' for name in NAMES)}",
    "a longer one to the right": f"x, y, z = {', '.join(f'saved.{name}' for name in NAMES)}",
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
@pytest.mark.parametrize("margin", [0, 8])
def test_a_long_statement_is_broken_and_stays_what_it_is(statement: str, margin: int) -> None:
    lines = wrap_source(" " * margin + statement).split("\n")
    assert len(lines) > 1 and all(len(line) <= WIDTH for line in lines)
    assert all(line.startswith(" " * margin) for line in lines)
    whole = "if True:\n" + "\n".join(" " * (4 if margin == 0 else 0) + line for line in lines)
    (block,) = ast.parse(whole).body
    assert isinstance(block, ast.If)
    assert ast.dump(block.body[0]) == ast.dump(ast.parse(statement).body[0])
