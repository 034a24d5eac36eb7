"""What is asked of the servers, and what the gateway should reach."""

import dataclasses
import json
import resource


@dataclasses.dataclass(frozen=True)
class Figure:
    """A row of the table: a value that rig_load reports. The goals are for the gateway."""

    key: str
    label: str
    ratio_max: float | None = None  # gateway / floor
    ratio_min: float | None = None
    value_max: float | None = None  # the gateway's value
    digits: int = 2


@dataclasses.dataclass(frozen=True)
class Scenario:
    title: str
    load: str  # flags of rig_load
    figures: tuple[Figure, ...]
    quick: str = "--duration 1.5 --warmup 0.5 --settle 0.5"  # what changes with tools/bench --quick
    env: dict[str, str] = dataclasses.field(default_factory=dict)  # further settings of the gateway
    floor_flags: tuple[str, ...] = ()
    tokens: int = 0  # that rig_load gets in a file; the gateway checks them


# What the gateway gets in every scenario. Limits that are there to refuse clients are none that we measure.
GATEWAY = {
    "LOG_LEVEL": "warn",
    "RIG_SHARDS": "1",  # one thread against one thread
    "MAX_CONNECTIONS_PER_MINUTE": "100000000",
    "RIG_CONNECTIONS_MAX": "1000000",
}
# The event type and the field that rig_load uses when its clients differ by a constraint.
EXTRACTORS = {"bench": {"k": {"stable_field_index": 1, "event": {"json_pointer": "/data/k"}}}}
# Enough for all that is owed, with everything that is published meanwhile.
REPLAY = {
    "RIG_REPLAY_EVENTS_MAX": "100000",
    "RIG_REPLAY_BYTES_MAX": str(2**28),
    "RIG_REPLAY_AGE_MAX": "1h",
}

CPU = Figure("server_cpu_us_per_delivery", "CPU µs/delivery")
RATE = Figure("deliveries_per_s", "deliveries/s", digits=0)
LATENCIES = (
    Figure("latency_p50_ms", "latency p50 ms"),
    Figure("latency_p99_ms", "latency p99 ms"),
    Figure("latency_p999_ms", "latency p99.9 ms"),
)
SLOWEST = Figure("connect_max_ms", "slowest welcome ms")


def with_goal(figure, **goal):
    return dataclasses.replace(figure, **goal)


def idle_connections():
    """As many as the limit of open files allows, some left for the rest of the process; more than 100,000 say no more."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return 100_000 if files == resource.RLIM_INFINITY else min(files - 1000, 100_000)


def fanout():
    paced = (with_goal(CPU, ratio_max=1.15), *LATENCIES)
    back_to_back = (with_goal(RATE, ratio_min=0.9), CPU, *LATENCIES[:2])
    # With so many events under way several wait for each client at a time, and may leave in one write.
    gathered = (with_goal(RATE, ratio_min=1.5), CPU, *LATENCIES[:2])
    few, many = "--connections 1000", "--connections 10000"
    return {
        "fanout-1k": Scenario("1,000 clients, 100 events/s to all", f"{few} --rate 100", paced),
        "fanout-10k": Scenario("10,000 clients, 10 events/s to all", f"{many} --rate 10", paced),
        "fanout-1k-max": Scenario("1,000 clients, back to back, 4 events under way", f"{few} --window 4", back_to_back),
        "fanout-10k-max": Scenario("10,000 clients, back to back, 2 events under way", f"{many} --window 2", back_to_back),
        "fanout-1k-burst": Scenario(
            "1,000 clients, back to back from 32 connections, 64 events under way",
            f"{few} --publishers 32 --window 64",
            gathered,
        ),
    }


def idle():
    most = idle_connections()

    def memory(which, label):
        return Figure(f"server_pss_bytes_per_connection{which}", label, value_max=2048, digits=0)

    return {
        "idle": Scenario(
            f"10,000, then {most:,} idle clients, one subscription each",
            f"--connections {most} --first-connections 10000 --settle 3 --warmup 0 --duration 0",
            (
                memory("_first", "PSS B/connection at 10,000"),
                memory("", f"PSS B/connection at {most:,}"),
                memory("_slope", "PSS B for each further one"),
            ),
            quick="--settle 1",
        ),
    }


def storm():
    size, nothing_else = "--connections 10000", "--settle 0 --warmup 0 --duration 0"
    return {
        "storm": Scenario(
            "10,000 clients connect, 1,000 at a time",
            f"{size} --connect-window 1000 {nothing_else}",
            (
                Figure("server_cpu_us_per_connect", "CPU µs/connect", ratio_max=1.5),
                Figure("connects_per_s", "connects/s", digits=0),
                Figure("connect_p99_ms", "welcome p99 ms"),
            ),
            quick="",
        ),
        "storm-paced": Scenario(
            "10,000 clients connect within a second, whatever the server does",
            f"{size} --connect-rate 10000 {nothing_else}",
            (
                Figure("connect_failures", "clients refused", value_max=0, digits=0),
                # A connect that the server's queue has no place for is tried again after a second.
                with_goal(SLOWEST, value_max=1000),
                Figure("connect_p99_ms", "welcome p99 ms"),
            ),
            quick="",
        ),
    }


def replay():
    return {
        "replay": Scenario(
            "1,000 clients return, each is owed 10,000 events",
            # Not more bytes in the kernel than a client far away would have there.
            "--connections 1000 --replay 10000 --window 4 --connect-window 1000 --receive-buffer 262144",
            (
                Figure("live_cpu_us_per_delivery", "CPU µs/delivery, live back to back"),
                Figure("replay_cpu_us_per_delivery", "CPU µs/delivery, replay", digits=3),
                Figure("replay_cpu_of_live", "replay / live", value_max=1.3, digits=3),
                Figure("replay_deliveries_per_s", "deliveries/s, replay", digits=0),
                SLOWEST,
                Figure("bystander_quiet_p99_ms", "bystander p99 ms, quiet"),
                Figure("bystander_live_p99_ms", "bystander p99 ms, live"),
                Figure("bystander_replay_p99_ms", "bystander p99 ms, replay"),
                Figure("bystander_p99_moved_ms", "p99 moved by replay, ms", value_max=1),
            ),
            quick="--connections 100 --replay 2000 --duration 1.5 --warmup 0.5 --settle 0.5",
            env=REPLAY,
            floor_flags=("--log",),
        ),
    }


def connect_jwt():
    seconds, rate = 4, 10_000
    return {
        "connect-jwt": Scenario(
            "1,000 clients, 20 events/s to all, while 10,000 clients/s come and go, each with its own token",
            f"--connections 1000 --rate 20 --duration {seconds} --storm-rate {rate} --connect-window 1000",
            (
                Figure("latency_p99_ms", "latency p99 ms, nobody comes"),
                Figure("plain_storm_p99_ms", "latency p99 ms, they have no token"),
                Figure("token_storm_p99_ms", "latency p99 ms, each has a token"),
                Figure("p99_moved_by_tokens_ms", "p99 moved by tokens, ms", value_max=1),
                Figure("storm_refused", "clients refused", value_max=0, digits=0),
                Figure("plain_storm_connects_per_s", "connects/s without tokens", digits=0),
                Figure("token_storm_connects_per_s", "connects/s with tokens", digits=0),
                Figure("plain_storm_cpu_us_per_connect", "CPU µs/connect without tokens"),
                Figure("token_storm_cpu_us_per_connect", "CPU µs/connect with tokens"),
            ),
            quick="--duration 1.5 --warmup 0.5 --settle 0.5",
            tokens=seconds * rate,
        ),
    }


def for_transport(scenarios, transport):
    name = {"sse": "SSE", "ws": "WebSocket"}[transport]
    return {
        f"{key}-{transport}": dataclasses.replace(
            scenario, title=f"{name}: {scenario.title}", load=f"--transport {transport} {scenario.load}"
        )
        for key, scenario in scenarios.items()
    }


def for_both(scenarios):
    return for_transport(scenarios, "sse") | for_transport(scenarios, "ws")


SCENARIOS = (
    for_both(fanout())
    | {
        "unicast": Scenario(
            "10,000 clients, each with its own constraint value, 1,000 events/s",
            "--connections 10000 --keys 10000 --rate 1000 --publishers 4",
            (with_goal(CPU, ratio_max=1.3), *LATENCIES),
            env={"EXTRACTORS": json.dumps(EXTRACTORS)},
        ),
    }
    | for_both(idle())
    | for_both(storm())
    | connect_jwt()
    | {
        "nobody": Scenario(
            "publish with nobody subscribed, 16 connections back to back",
            "--connections 0 --publishers 16 --settle 0 --duration 4",
            (
                Figure("server_cpu_us_per_publish", "CPU µs/publish", ratio_max=1.3),
                Figure("accepted_per_s", "publishes/s", digits=0),
                Figure("answer_p99_ms", "answer p99 ms"),
            ),
        ),
    }
    | for_both(replay())
)
MICRO = "micro"


def selected(words):
    """The names that the words mean: a name itself, or all names that have all the parts of the word, as `fanout-ws`."""
    names = [*SCENARIOS, MICRO]
    if not words:
        return names
    chosen = set()
    for word in words:
        parts = set(word.split("-"))
        meant = [word] if word in names else [name for name in names if parts <= set(name.split("-"))]
        if not meant:
            raise ValueError(f"no scenario is called {word!r}; there are {', '.join(names)}")
        chosen.update(meant)
    return [name for name in names if name in chosen]
