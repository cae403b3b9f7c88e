"""How our metrics are named and measured."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

NAMESPACE: Final = "footnote"
BUCKETS: Final = (
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0,
)  # fmt: skip


def counter(registry: CollectorRegistry, name: str, meaning: str, *labels: str) -> Counter:
    return Counter(name, meaning, labels, namespace=NAMESPACE, registry=registry)


def gauge(registry: CollectorRegistry, name: str, meaning: str, *labels: str) -> Gauge:
    return Gauge(name, meaning, labels, namespace=NAMESPACE, registry=registry)


def seconds_of(registry: CollectorRegistry, name: str, meaning: str, *labels: str) -> Histogram:
    return Histogram(
        f"{name}_seconds",
        meaning,
        labels,
        namespace=NAMESPACE,
        buckets=BUCKETS,
        registry=registry,
    )
