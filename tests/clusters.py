"""A Ray cluster of two machines, both of them this one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

STORE = 80 << 20  # bytes of shared memory a machine


@contextmanager
def two_machines() -> Iterator[Any]:
    """The cluster, with this process as its driver."""
    import ray
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": STORE})
    made.add_node(num_cpus=1, object_store_memory=STORE)
    ray.init(address=made.address, log_to_driver=False, logging_level="ERROR")
    try:
        yield made
    finally:
        ray.shutdown()
        made.shutdown()
