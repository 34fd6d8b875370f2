"""How a test program ends if cases were skipped because this machine lacks something."""
import sys
import unittest

SKIPPED = 77  # to ctest, a program that ends with this status was skipped


def run_cases(argv=None):
    """Runs the cases of the program. Exits with 77 if some were skipped for a reason that begins with SKIPPED, unless others
    have failed."""
    result = unittest.main(argv=argv, verbosity=2, exit=False).result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIPPED if any(why.startswith("SKIPPED") for _, why in result.skipped) else 0)


def skip_all(what, why):
    """Ends a program that can run none of its cases."""
    print(f"{what} SKIPPED: {why}", flush=True)
    sys.exit(SKIPPED)
