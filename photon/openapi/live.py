"""The rendering of a sketch that is still being written: which lines of YAML are final already."""

from __future__ import annotations

from photon.openapi.document import Rendered, Rendering, render, render_begun
from photon.openapi.yaml_text import yaml_lines
from photon.sketch.model import Sketch


class LiveYaml:
    """Append-only YAML. What `begun` and `finished` return is printed and never taken back.

    When a later line of the sketch changes what is out already (a sketch in an unusual order, or another model starting
    over), `finished` says so, and the caller prints the whole text once more.
    """

    def __init__(self, rendering: Rendering) -> None:
        self._rendering = rendering
        self._out: list[str] = []

    def begun(self, sketch: Sketch, rank: int) -> list[str]:
        """The new final lines, now that all lines of the sketch up to `rank` are finished; empty while they contradict."""
        lines = list(yaml_lines(render_begun(sketch, self._rendering, rank=rank)))
        lines[-1] = lines[-1].removesuffix(" {}")  # nothing but the route is known yet
        return self._append(lines) if self._agrees(lines) else []

    def finished(self, sketch: Sketch) -> tuple[list[str], Rendered, bool]:
        """(the lines still to print, the whole result, whether the lines begin again from the first one)."""
        rendered = render(sketch, self._rendering)
        lines = list(yaml_lines(rendered.document))
        afresh = not (len(lines) >= len(self._out) and self._agrees(lines))
        if afresh:
            self._out = []
        return self._append(lines), rendered, afresh

    def _agrees(self, lines: list[str]) -> bool:
        shared = min(len(lines), len(self._out))
        return lines[:shared] == self._out[:shared]

    def _append(self, lines: list[str]) -> list[str]:
        new = lines[len(self._out) :]
        self._out += new
        return new
