"""What is asked of the servers, and what the gateway should reach."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Figure:
    """A row of the table: a value that rig_load reports. The goals are for the gateway."""

    key: str
    label: str
    ratio_max: float | None = None  # gateway / floor
    value_max: float | None = None  # the gateway's value
    digits: int = 2


@dataclasses.dataclass(frozen=True)
class Scenario:
    title: str
    load: str  # flags of rig_load
    figures: tuple[Figure, ...]
    quick: str = "--duration 1.5 --warmup 0.5 --settle 0.5"  # what changes with tools/bench --quick
    by_constraint: bool = False


# The event type and the field that rig_load uses when its clients differ by a constraint.
EXTRACTORS = {"bench": {"k": {"stable_field_index": 1, "event": {"json_pointer": "/data/k"}}}}

CPU = Figure("server_cpu_us_per_delivery", "CPU µs/delivery", ratio_max=1.25)
LATENCIES = (
    Figure("latency_p50_ms", "latency p50 ms"),
    Figure("latency_p99_ms", "latency p99 ms"),
    Figure("latency_p999_ms", "latency p99.9 ms"),
)
RATE = Figure("deliveries_per_s", "deliveries/s", digits=0)

SCENARIOS = {
    "fanout-1k": Scenario(
        "1,000 clients, 100 events/s to all", "--connections 1000 --rate 100", (CPU, *LATENCIES)
    ),
    "fanout-10k": Scenario(
        "10,000 clients, 10 events/s to all", "--connections 10000 --rate 10", (CPU, *LATENCIES)
    ),
    "fanout-1k-max": Scenario(
        "1,000 clients, back to back, 4 events under way",
        "--connections 1000 --window 4",
        (CPU, RATE, *LATENCIES[:2]),
    ),
    "fanout-10k-max": Scenario(
        "10,000 clients, back to back, 2 events under way",
        "--connections 10000 --window 2",
        (CPU, RATE, *LATENCIES[:2]),
    ),
    "unicast": Scenario(
        "10,000 clients, each with its own constraint value, 1,000 events/s",
        "--connections 10000 --keys 10000 --rate 1000 --publishers 4",
        (dataclasses.replace(CPU, ratio_max=None), *LATENCIES),
        by_constraint=True,
    ),
    "idle": Scenario(
        "10,000 idle clients, one subscription each",
        "--connections 10000 --settle 3 --warmup 0 --duration 0",
        (
            Figure("server_pss_bytes_per_connection", "memory B/connection, PSS", value_max=4096, digits=0),
            Figure("server_rss_bytes_per_connection", "memory B/connection, RSS", digits=0),
        ),
        quick="--settle 1",
    ),
    "storm": Scenario(
        "10,000 clients connect, 1,000 at a time",
        "--connections 10000 --connect-window 1000 --settle 0 --warmup 0 --duration 0",
        (
            Figure("server_cpu_us_per_connect", "CPU µs/connect", ratio_max=1.5),
            Figure("connects_per_s", "connects/s", digits=0),
            Figure("connect_p99_ms", "connect p99 ms"),
        ),
        quick="",
    ),
    "nobody": Scenario(
        "publish with nobody subscribed, 16 connections back to back",
        "--connections 0 --publishers 16 --settle 0 --duration 4",
        (
            Figure("server_cpu_us_per_publish", "CPU µs/publish"),
            Figure("accepted_per_s", "publishes/s", digits=0),
            Figure("answer_p99_ms", "answer p99 ms"),
        ),
    ),
}
