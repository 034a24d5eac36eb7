"""The result as tables that are readable as text and as Markdown."""

import statistics

from .micro import micro_rows
from .scenarios import RATE, SCENARIOS

BYTES_TOLERANCE = 3  # a cursor has more digits the more events there were
LOAD_CORES_MAX = 0.95


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


def goal_of(figure, ratio, value):
    """The goal in words, and whether it is reached; ("", None) without one."""
    if figure.ratio_max is not None:
        return f"≤ {figure.ratio_max} × floor", ratio <= figure.ratio_max
    if figure.ratio_min is not None:
        return f"≥ {figure.ratio_min} × floor", ratio >= figure.ratio_min
    if figure.value_max is not None:
        return f"≤ {figure.value_max:,g}", value <= figure.value_max
    return "", None


def of_server(name, server, runs):
    return [run for run in runs if run["scenario"] == name and run["server"] == server]


def scenario_rows(name, runs):
    """(cells, whether the goal is reached or None) of each figure of a scenario."""
    by_server = {server: of_server(name, server, runs) for server in ("floor", "rig")}
    rows = []
    for figure in SCENARIOS[name].figures:
        floor, rig = ([run[figure.key] for run in by_server[server]] for server in ("floor", "rig"))
        texts = [spread(values, figure.digits) if values else "NO RUN" for values in (floor, rig)]
        if not floor or not rig:  # nothing to compare with: whatever the goal is, it is not shown to be reached
            goal, is_reached = goal_of(figure, float("nan"), float("nan"))
            ratio_text = ""
        else:
            floor_median, rig_median = statistics.median(floor), statistics.median(rig)
            ratio = rig_median / floor_median if floor_median > 0 else float("nan")
            goal, is_reached = goal_of(figure, ratio, rig_median)
            ratio_text = f"{ratio:.2f}" if floor_median > 0 else ""
        cells = ["" if rows else name, figure.label, *texts, ratio_text, goal]
        rows.append(([*cells, "" if is_reached is None else verdict(is_reached)], is_reached))
    return rows


def scenario_table(names, runs):
    """The table, and a line that counts the goals."""
    rows = {name: scenario_rows(name, runs) for name in names}
    header = ["scenario", "figure", "floor: median (min to max)", "gateway: median (min to max)",
              "gateway / floor", "goal", "reached"]
    goals = [(name, cells, is_reached) for name in names for cells, is_reached in rows[name] if is_reached is not None]
    missed = [f"{name} ({cells[1]})" for name, cells, is_reached in goals if not is_reached]
    summary = f"Goals reached: {len(goals) - len(missed)} of {len(goals)}."
    if missed:
        summary += f" Missed: {'; '.join(missed)}."
    return render(header, [cells for name in names for cells, _ in rows[name]]) + "\n\n" + summary


def micro_table(times):
    rows = [
        [name, f"{median:,.1f}", f"{low:,.1f}", f"{high:,.1f}", f"{ratio:.2f}",
         f"≤ {goal:g} ns" if goal else "", verdict(median <= goal) if goal else ""]
        for name, median, low, high, ratio, goal in micro_rows(times)
    ]
    return render(["micro benchmark", "ns, median", "min", "max", "× first", "goal", "reached"], rows)


def titles(names):
    return "\n".join(f"{name:22}{SCENARIOS[name].title}" for name in names)


def frame_note(names, runs):
    """Both servers must send the same number of bytes, or their processor times mean different things."""
    sizes, unequal = {}, []
    for name in names:
        floor, rig = (statistics.median([run["bytes_per_delivery"] for run in of_server(name, server, runs)] or [0])
                      for server in ("floor", "rig"))
        if floor > 0 and rig > 0:
            sizes[name] = (floor, rig)
        if abs(floor - rig) > BYTES_TOLERANCE and name in sizes:
            unequal.append(f"{name} (floor {floor:.0f}, gateway {rig:.0f})")
    if unequal:
        return f"UNEQUAL bytes per delivery, so the ratios mean little: {'; '.join(unequal)}."
    every = {f"{round(rig)}" for _, rig in sizes.values()}
    return f"Bytes per delivery, the same for both: {' or '.join(sorted(every))}." if every else ""


def limit_note(names, runs):
    """Where the load had no processor time left, deliveries per second say what it can read, not what is sent."""
    limited = []
    for name in names:
        if not any(figure.key == RATE.key for figure in SCENARIOS[name].figures):
            continue
        for server in ("floor", "rig"):
            cores = [run["load_cores"] for run in of_server(name, server, runs)]
            if cores and statistics.median(cores) > LOAD_CORES_MAX:
                limited.append(f"{name} with {server}")
    return f"The load itself was the limit in: {', '.join(limited)}." if limited else ""
