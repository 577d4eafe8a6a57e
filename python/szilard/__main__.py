"""The command `szilard`, which is also `python -m szilard`."""

import sys


def main() -> int:
    """The exit status of the command."""
    from szilard import _core

    return _core.run_cli(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
