"""``python -m photon`` and the ``photon`` script."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line of this process and exit with its code."""
    try:
        code = _run(sys.argv[1:])
    except KeyboardInterrupt:  # while the program itself was still being read
        code = 130
    gc.freeze()  # else Python looks for garbage before it ends: 10 of the 60 ms of --help, 15 of a cache hit's (measured)
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    from photon.cli.replay import replay
    from photon.cli.streams import settle_standard_streams

    try:
        if replay(arguments):
            return 0
        from photon.cli.app import run

        return run(arguments)
    finally:
        settle_standard_streams()


if __name__ == "__main__":
    main()
