"""Plots of the newest figures, as SVG. The same figures give the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from benchmarks.figures import Plot

FOLDER: Final = Path(__file__).parents[1] / "docs" / "images" / "performance"
_SIZE_INCHES: Final = (9, 4.2)
_BARS_WIDTH: Final = 0.8
_BARS_LEVEL_MAX: Final = 4
"""More names than this do not fit next to each other."""
_DECADES_BARE: Final = 20
"""A logarithmic axis of less than this has hardly a power of ten. Then the steps between are labelled too."""
_DOTS_MAX: Final = 30
"""More dots than this hide their line."""
_COLOURS: Final = ("#3b6fb6", "#d1703c", "#4d9a5d", "#8a63b3", "#b0495e", "#6c7a89", "#c9a227", "#3aa6a0")
"""Distinct on white, also for people who cannot distinguish red and green."""


def draw(plot: Plot) -> Path:
    """Draw a plot. Return its file."""
    import matplotlib as mpl  # noqa: PLC0415 - only `make bench` installs it

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "posthorn", "svg.fonttype": "none"})
    from matplotlib import pyplot as plt  # noqa: PLC0415 - it reads the settings above

    figure, axes = plt.subplots(figsize=_SIZE_INCHES, layout="constrained")
    (_draw_bars if plot.bars else _draw_lines)(axes, plot)
    axes.set_title(plot.title)
    axes.set_xlabel(plot.x)
    axes.set_ylabel(plot.y)
    axes.grid(axis="y", alpha=0.3)
    _scale(axes, plot)
    if len(plot.lines) > 1:
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{plot.name}.svg"
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return path


def _scale(axes: Any, plot: Plot) -> None:  # noqa: ANN401 - matplotlib's, which the checks do not install
    """A linear axis starts at zero. Otherwise a small change would look large."""
    from matplotlib.ticker import FuncFormatter, NullFormatter  # noqa: PLC0415

    plain = FuncFormatter(lambda number, _: f"{number:,.10g}")
    if plot.is_log_x:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(plain)
    if plot.is_log_y:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(plain)
        low, high = axes.get_ylim()
        axes.yaxis.set_minor_formatter(plain if high / low < _DECADES_BARE else NullFormatter())
    else:
        axes.set_ylim(bottom=0)


def _draw_lines(axes: Any, plot: Plot) -> None:  # noqa: ANN401
    for place, (name, points) in enumerate(plot.lines.items()):
        marker = "o" if len(points) <= _DOTS_MAX else None
        xs, ys = [each.x for each in points], [each.y for each in points]
        axes.plot(xs, ys, label=name, color=_colour(place), marker=marker, markersize=4)


def _draw_bars(axes: Any, plot: Plot) -> None:  # noqa: ANN401
    width = _BARS_WIDTH / len(plot.lines)
    for place, (name, points) in enumerate(plot.lines.items()):
        left = (place - (len(plot.lines) - 1) / 2) * width
        axes.bar([each.x + left for each in points], [each.y for each in points], width, label=name, color=_colour(place))
    is_crowded = len(plot.bars) > _BARS_LEVEL_MAX
    axes.set_xticks(range(len(plot.bars)), plot.bars, rotation=20 * is_crowded, ha="right" if is_crowded else "center")


def _colour(place: int) -> str:
    return _COLOURS[place % len(_COLOURS)]
