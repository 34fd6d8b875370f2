"""Starts processes that can make only a few threads."""
import os
import resource
import unittest

STACK = 1 << 30
# Sanitizers reserve more memory than the limits below allow.
needs_few_threads = unittest.skipIf(float(os.environ.get("CAFMESH_PATIENCE", "1")) != 1, "not with sanitizers")


def few_threads(count):
    """A `preexec_fn` that leaves the process room for this many stacks besides that of its first thread."""
    def limit():
        resource.setrlimit(resource.RLIMIT_STACK, (STACK, STACK))
        resource.setrlimit(resource.RLIMIT_AS, (count * STACK + STACK // 2,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return limit
