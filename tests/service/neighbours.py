"""Whether other programs use the processors, so that a measured speed says little about ours."""
import os
import time

# An attempt counts only if other programs use at most this many processors.
ALLOWED = 0.25


def _used():
    """The processor time that all programs of this machine have used so far, in seconds."""
    with open("/proc/stat", encoding="ascii") as stat:
        user, nice, system, _, _, irq, softirq, steal = (int(x) for x in stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def _in_use(seconds=0.5):
    """How many processors are in use now."""
    begin, used = time.monotonic(), _used()
    time.sleep(seconds)
    return (_used() - used) / (time.monotonic() - begin)


class Neighbours:
    """Watches the processors around attempts to measure a speed."""

    def __init__(self):
        self.least = float("inf")

    def during(self, attempt):
        """Runs an attempt. The programs of the test have to be idle before and after it."""
        before = _in_use()
        result = attempt()
        self.least = min(self.least, max(before, _in_use()))
        return result

    def judge(self, test, good, figure):
        """Fails the test if the figure is bad. Skips the test instead if others were busy at each attempt: they may be
        the cause."""
        if good:
            return
        if self.least > ALLOWED:
            test.skipTest(f"SKIPPED: other programs used {self.least:.1f} processors, so this does not count: {figure}")
        test.fail(figure)
