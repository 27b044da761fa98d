"""Where the boxes of a graph go: layers from top to bottom, few crossings, edges through places of their own.

Everything is done in a fixed order with + - * / alone, so the same graph has the same coordinates on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

Edge = tuple[str, str]
_SWEEPS = 12


@dataclass(frozen=True)
class Place:
    """The centre and the size of a box, or of a point that an edge passes; where an edge leaves and arrives."""

    x: float
    y: float
    width: float
    height: float
    ports: tuple[float, float] = (0.0, 0.0)


def arrange(
    nodes: Sequence[str], edges: Sequence[Edge], sizes: Mapping[str, tuple[float, float]], gap_x: float, gap_y: float
) -> dict[Edge, list[Place]]:
    """The place of each node under `(node, node)`, and the chain of places of each edge under `(from, to)`."""
    level = levels(nodes, edges)
    chains = {edge: _chain(edge, level) for edge in edges}
    rows: list[list[str]] = [[] for _ in range(max(level.values()) + 1)]
    size = dict(sizes)
    for node in nodes:
        rows[level[node]].append(node)
    for (start, _), chain in chains.items():
        for step, point in enumerate(chain[1:-1], level[start] + 1):
            rows[step].append(point)
            size[point] = (10.0, 0.0)
    links = [pair for chain in chains.values() for pair in zip(chain, chain[1:], strict=False)]
    rows = _ordered(rows, links)
    x = _spread(rows, links, size, gap_x)
    heights = [max(size[point][1] for point in row) for row in rows]
    y = {point: sum(heights[:k]) + gap_y * k + heights[k] / 2 for k, row in enumerate(rows) for point in row}
    leaving, arriving = _ports(links, x, size)
    places: dict[Edge, list[Place]] = {(n, n): [Place(x[n], y[n], *size[n])] for n in nodes}
    for edge, chain in chains.items():
        found = [Place(x[point], y[point], *size[point]) for point in chain]
        ports = (leaving[(chain[0], chain[1])], arriving[(chain[-2], chain[-1])])
        places[edge] = [replace(found[0], ports=ports), *found[1:]]
    return places


def levels(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The layer of each node: below everything that it needs; what needs nothing stands just above its first use."""
    level = {node: 0 for node in nodes}
    for node in nodes:  # nodes come in the order of computation
        level[node] = max((level[a] + 1 for a, b in edges if b == node), default=0)
    for node in nodes:
        if level[node] == 0:
            level[node] = max(0, min((level[b] for a, b in edges if a == node), default=1) - 1)
    return level


def _chain(edge: Edge, level: Mapping[str, int]) -> list[str]:
    start, end = edge
    return [start, *(f"{start}->{end}@{k}" for k in range(level[start] + 1, level[end])), end]


def _ordered(rows: list[list[str]], links: Sequence[Edge]) -> list[list[str]]:
    """The rows in the order with the fewest crossings that sweeping down and up finds."""
    best, fewest = rows, _crossings(rows, links)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        rows = [list(row) for row in rows]
        for k in range(1, len(rows)) if down else range(len(rows) - 2, -1, -1):
            beside = {point: place for place, point in enumerate(rows[k - 1 if down else k + 1])}
            own = {point: place for place, point in enumerate(rows[k])}

            def middle(point: str, beside: dict[str, int] = beside, own: dict[str, int] = own) -> float:
                near = [beside[a] for a, b in links if b == point and a in beside]
                near += [beside[b] for a, b in links if a == point and b in beside]
                return sum(near) / len(near) if near else float(own[point])

            rows[k].sort(key=middle)
        count = _crossings(rows, links)
        if count < fewest:
            best, fewest = rows, count
    return best


def _crossings(rows: list[list[str]], links: Sequence[Edge]) -> int:
    place = {point: (k, n) for k, row in enumerate(rows) for n, point in enumerate(row)}
    count = 0
    for i, (a, b) in enumerate(links):
        for c, d in links[:i]:
            if place[a][0] == place[c][0] and (place[a][1] - place[c][1]) * (place[b][1] - place[d][1]) < 0:
                count += 1
    return count


def _spread(
    rows: list[list[str]], links: Sequence[Edge], size: Mapping[str, tuple[float, float]], gap: float
) -> dict[str, float]:
    """Horizontal centres: each near its neighbours, none closer than the gap."""
    x: dict[str, float] = {}
    for row in rows:
        at = 0.0
        for point in row:
            x[point] = at + size[point][0] / 2
            at += size[point][0] + gap
    for _ in range(_SWEEPS):
        for row in (*rows, *rows[::-1]):
            wanted = []
            for point in row:
                near = [x[a] for a, b in links if b == point] + [x[b] for a, b in links if a == point]
                wanted.append(sum(near) / len(near) if near else x[point])
            for point, value in zip(row, _apart(row, wanted, size, gap), strict=True):
                x[point] = value
    left = min(x[point] - size[point][0] / 2 for row in rows for point in row)
    return {point: value - left for point, value in x.items()}


def _apart(
    row: Sequence[str], wanted: Sequence[float], size: Mapping[str, tuple[float, float]], gap: float
) -> list[float]:
    """The centres closest to the wanted ones (least squares) that keep order and gap: pooling of neighbours."""
    offsets = [0.0]
    for a, b in zip(row, row[1:], strict=False):
        offsets.append(offsets[-1] + (size[a][0] + size[b][0]) / 2 + gap)
    blocks: list[list[float]] = []  # sum of what is wanted, how many
    for value, offset in zip(wanted, offsets, strict=True):
        blocks.append([value - offset, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1] = [blocks[-1][0] + total, blocks[-1][1] + count]
    level = [total / count for total, count in blocks for _ in range(int(count))]
    return [a + b for a, b in zip(level, offsets, strict=True)]


def _ports(
    links: Sequence[Edge], x: Mapping[str, float], size: Mapping[str, tuple[float, float]]
) -> tuple[dict[Edge, float], dict[Edge, float]]:
    """How far from the middle of a box each of its edges leaves and arrives, in the order of where they go."""
    leaving: dict[Edge, float] = {}
    arriving: dict[Edge, float] = {}
    for end, found in ((0, leaving), (1, arriving)):
        for point in dict.fromkeys(link[end] for link in links):
            own = sorted((link for link in links if link[end] == point), key=lambda link: x[link[1 - end]])
            step = min(30.0, (size[point][0] - 24) / max(1, len(own) - 1))
            for k, link in enumerate(own):
                found[link] = (k - (len(own) - 1) / 2) * step if len(own) > 1 else 0.0
    return leaving, arriving
