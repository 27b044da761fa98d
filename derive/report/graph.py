"""The graph of a layer as a picture: layers of boxes, edges that point forward, contributions that flow back."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derive.formula import unicode
from derive.graph import Graph
from derive.language import Constant, atoms_of, indices, name_of
from derive.report.elements import Formula, Picture
from derive.report.layering import Place, arrange
from derive.report.model import AdjointShares, Share
from derive.report.svg import broken, draw, text_width
from derive.report.svg import number as n

NAME, SMALL, LEGEND = 14.0, 11.0, 11.5  # font sizes
GAP_X, GAP_Y, MARGIN, LINE = 26.0, 62.0, 14.0, 15.0
WIDTH = 680.0


@dataclass(frozen=True)
class Box:
    """A tensor in the picture."""

    name: str
    lines: tuple[str, ...]
    kind: str
    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """The left edge."""
        return self.x - self.width / 2

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.y - self.height / 2


@dataclass(frozen=True)
class Edge:
    """A forward edge as a path, the tip of its arrow, and the contribution that comes back along it."""

    path: str
    tip: str
    share: Share | None
    badge: tuple[float, float]


def graph_picture(graph: Graph, adjoints: tuple[AdjointShares, ...], name: str, title: str) -> Picture:
    """The picture of a graph with the numbers of its contributions."""
    shares = {(s.via, s.of): s for a in adjoints for s in a.shares}
    targets = {e.target: e for e in graph.equations}
    given = [t for t in (*graph.inputs, *graph.buffers)]
    nodes = [name_of(t) for t in (*given, *targets)]
    arrows = [
        (name_of(t), e.name)
        for e in graph.equations
        for t in dict.fromkeys(atoms_of(e.summand))
        if not isinstance(t, Constant)
    ]
    sizes, content = {}, {}
    for tensor in (*given, *targets):
        lines, kind = _content(graph, tensor, targets.get(tensor))
        width = max([text_width(name_of(tensor), NAME), *(text_width(line, SMALL) for line in lines)]) + 20
        sizes[name_of(tensor)] = (width, 24 + LINE * len(lines))
        content[name_of(tensor)] = (tuple(lines), kind)
    places = arrange(nodes, arrows, sizes, GAP_X, GAP_Y)
    across = max(p.x + p.width / 2 for chain in places.values() for p in chain)
    shift = MARGIN + max(0.0, (WIDTH - 2 * MARGIN - across) / 2)
    boxes = [
        Box(unicode(sp.Symbol(n)), *content[n], p.x + shift, p.y + MARGIN, p.width, p.height)
        for n in nodes
        for p in [places[(n, n)][0]]
    ]
    edges = [_edge(places[arrow], shares.get((arrow[1], arrow[0])), shift) for arrow in arrows]
    bottom = max(box.y + box.height / 2 for box in boxes)
    legend = _legend(adjoints, int((max(WIDTH, across + 2 * MARGIN) - 80) / (0.602 * LEGEND)))
    rows, y = [], bottom + 40
    for share, lines in legend:
        rows.append((share, y, lines))
        y += LINE * len(lines) + 6
    svg = draw(
        "graph.svg.j2",
        width=max(WIDTH, across + 2 * MARGIN),
        height=y + 4,
        title=f"{graph.name}: the graph ({title.lower()})",
        boxes=boxes,
        edges=edges,
        rows=rows,
        line=LINE,
        note=bottom + 24,
    )
    struck = [s for s in shares.values() if s.vanishes]
    caption: list[str | Formula] = [
        "Arrows point the way of the forward pass. Each number is the contribution that flows back along its edge; "
        "the gradient of a tensor is the sum of those on the edges that leave it."
    ]
    for share in struck:
        caption += [f" The dashed edge {share.of} → {share.via} carries contribution {share.number}, which vanishes."]
    description = ", ".join(f"{a} to {b}" for a, b in arrows)
    return Picture(name, "The graph", svg, tuple(caption), f"Forward edges: {description}.")


def _content(graph: Graph, tensor: sp.Expr, equation: object) -> tuple[list[str], str]:
    if equation is None:
        kind = "buffer" if tensor in graph.buffers else "input"
        return [f"({', '.join(axis.name for axis in indices(tensor))})"], kind
    value = unicode(graph.equation(name_of(tensor)).value)
    lines = broken(f"= {value}", 44)
    return lines, "output" if tensor == graph.output else "inner"


def _edge(chain: list[Place], share: Share | None, shift: float) -> Edge:
    """A smooth path through the places of an edge, from the lower side of its start to the upper side of its end."""
    points = [(p.x + shift, p.y + MARGIN) for p in chain]
    points[0] = (points[0][0], points[0][1] + chain[0].height / 2)
    end = (points[-1][0], points[-1][1] - chain[-1].height / 2)
    points[-1] = (end[0], end[1] - 7)
    if chain[0].ports:
        points[0] = (points[0][0] + chain[0].ports[0], points[0][1])
        points[-1] = (points[-1][0] + chain[0].ports[1], points[-1][1])

    path = f"M{n(points[0][0])} {n(points[0][1])}"
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        middle = (y0 + y1) / 2
        path += f"C{n(x0)} {n(middle)} {n(x1)} {n(middle)} {n(x1)} {n(y1)}"
    x, y = points[-1]
    tip = f"{n(x - 4)},{n(y - 1)} {n(x + 4)},{n(y - 1)} {n(x)},{n(y + 7)}"
    if len(points) % 2:
        badge = points[len(points) // 2]
    else:
        (x0, y0), (x1, y1) = points[len(points) // 2 - 1], points[len(points) // 2]
        badge = ((x0 + x1) / 2, (y0 + y1) / 2)
    return Edge(path, tip, share, badge)


def _legend(adjoints: tuple[AdjointShares, ...], width: int) -> list[tuple[Share, list[str]]]:
    found = []
    for adjoint in adjoints:
        for share in adjoint.shares:
            name = unicode(adjoint.symbol.lhs)
            along = f"{unicode(sp.Symbol(share.via))} → {unicode(sp.Symbol(share.of))}"
            value = share.formula.show(unicode)
            found.append((share, broken(f"{along}: {name} gets {value}", width)))
    return found
