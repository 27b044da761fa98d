"""The public function of one kernel: its name, its parameters, what is said of them."""

from __future__ import annotations

from derive.kernels.plan import Kernel
from derive.kernels.python_api.module import ModuleContext
from derive.kernels.targets.c.expressions import identifier


class Declaration:
    """One kernel for data of one type, as its callers see it."""

    def __init__(self, module: ModuleContext, kernel: Kernel, prefix: str, data: str) -> None:
        self.module, self.kernel, self.prefix, self.data = module, kernel, prefix, data
        suffix = "" if kernel.name == "statistics" else module.suffix
        self.name = f"{prefix}_{kernel.name}{suffix}"
        found = {g.name: module.neutral(g) for g in kernel.givens}
        self.neutral = {name: value for name, value in found.items() if value is not None}
        self.result = "double" if kernel.saves else data
        self.types = {g.name: data if g.source in ("input", "tangent") else "double" for g in kernel.givens}

    def signature(self) -> list[str]:
        """The parameters of the public function."""
        kernel, data = self.kernel, self.data
        lines = [f"const {self.prefix}_extents *extents"]
        for name in kernel.arrays:
            lines.append(f"const {data} *{identifier(name)}, const ptrdiff_t *{identifier(name)}_strides")
        lines += [f"const {self.types[g.name]} *{identifier(g.name)}" for g in kernel.givens]
        for name in kernel.writes:
            lines.append(f"{data} *{identifier(name)}, const ptrdiff_t *{identifier(name)}_strides")
        lines += [f"{self.result} *result_{identifier(r.name)}" for r in kernel.results]
        lines += [f"double {identifier(c)}" for c in kernel.constants]
        return [*lines, "void *workspace", "size_t workspace_size", "int threads"]

    def required(self) -> list[str]:
        """The conditions under which a pointer that is needed is missing."""
        names = [identifier(n) for n in (*self.kernel.arrays, *self.kernel.writes)]
        names += [identifier(g.name) for g in self.kernel.givens if g.name not in self.neutral]
        names += [f"result_{identifier(r.name)}" for r in self.kernel.results]
        return [f"{name} == NULL" for name in names]

    def unaligned(self) -> list[str]:
        """The conditions under which a pointer is not aligned for its type."""
        pointers = {self.data: [identifier(n) for n in (*self.kernel.arrays, *self.kernel.writes)]}
        for given in self.kernel.givens:
            pointers.setdefault(self.types[given.name], []).append(identifier(given.name))
        for result in self.kernel.results:
            pointers.setdefault(self.result, []).append(f"result_{identifier(result.name)}")
        joined = {kind: " | ".join(f"(uintptr_t){name}" for name in names) for kind, names in pointers.items()}
        return [f"({any_of}) % sizeof({kind}) != 0" for kind, any_of in joined.items()]

    def written(self) -> str:
        """What the function computes."""
        return ", ".join([*self.kernel.writes, *(r.name for r in self.kernel.results)])

    def docs(self) -> list[str]:
        """What each parameter is."""
        lines = [f"{identifier(n)}: a full-size array that is read." for n in self.kernel.arrays]
        for given in self.kernel.givens:
            along = ", ".join(given.classes) if given.classes else "none, a single number"
            left = f"; NULL means {self.neutral[given.name]}" if given.name in self.neutral else ""
            lines.append(f"{identifier(given.name)}: dense over the classes {along}{left}.")
        lines += [f"{identifier(n)}: a full-size array that is written." for n in self.kernel.writes]
        for result in self.kernel.results:
            along = ", ".join(result.classes) if result.classes else "none, a single number"
            lines.append(f"result_{identifier(result.name)}: receives {result.name}, dense over the classes {along}.")
        return lines
