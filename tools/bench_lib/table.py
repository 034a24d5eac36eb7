"""The result as tables that are readable as text and as Markdown."""

import statistics

from .micro import micro_rows
from .scenarios import SCENARIOS


def number(value, digits):
    return f"{value:,.{digits}f}"


def spread(values, digits):
    """median (min to max)"""
    text = number(statistics.median(values), digits)
    if len(values) > 1:
        text += f" ({number(min(values), digits)} to {number(max(values), digits)})"
    return text


def render(header, rows):
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    lines = [header, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
                     for line in lines)


def verdict(is_reached):
    return "yes" if is_reached else "NO"


def goal_cells(figure, ratio, value):
    if figure.ratio_max is not None:
        return [f"≤ {figure.ratio_max} × floor", verdict(ratio <= figure.ratio_max)]
    if figure.value_max is not None:
        return [f"≤ {figure.value_max:,g}", verdict(value <= figure.value_max)]
    return ["", ""]


def scenario_rows(name, runs):
    """Rows of one scenario; none if one of the servers gave no figures."""
    by_server = {server: [run for run in runs if run["scenario"] == name and run["server"] == server]
                 for server in ("floor", "rig")}
    if not all(by_server.values()):
        return []
    rows = []
    for figure in SCENARIOS[name].figures:
        floor, rig = ([run[figure.key] for run in by_server[server]] for server in ("floor", "rig"))
        floor_median, rig_median = statistics.median(floor), statistics.median(rig)
        ratio = rig_median / floor_median if floor_median > 0 else float("nan")
        rows.append([
            "" if rows else name, figure.label, spread(floor, figure.digits), spread(rig, figure.digits),
            f"{ratio:.2f}", *goal_cells(figure, ratio, rig_median),
        ])
    return rows


def scenario_table(names, runs):
    rows = [row for name in names for row in scenario_rows(name, runs)]
    header = ["scenario", "figure", "floor: median (min to max)", "gateway: median (min to max)",
              "gateway / floor", "goal", "reached"]
    return render(header, rows) if rows else "no figures"


def micro_table(times):
    rows = [
        [name, f"{median:,.1f}", f"{low:,.1f}", f"{high:,.1f}", f"{ratio:.2f}",
         f"≤ {goal:g} ns" if goal else "", verdict(median <= goal) if goal else ""]
        for name, median, low, high, ratio, goal in micro_rows(times)
    ]
    return render(["micro benchmark", "ns, median", "min", "max", "× first", "goal", "reached"], rows)


def frame_note(runs):
    """Both servers must send the same number of bytes, or their processor times mean different things."""
    sizes = {server: {round(run["bytes_per_delivery"]) for run in runs if run["server"] == server} - {0}
             for server in ("floor", "rig")}
    if not all(sizes.values()):
        return ""
    floor, gateway = (" or ".join(map(str, sorted(values))) for values in sizes.values())
    return f"Bytes per delivery: floor {floor}, gateway {gateway}. "
