"""The command `kgtool`, also as `python -m kgtool`."""

import _signal  # signal makes enumerations of it, which takes longer
import atexit
import gc


def main() -> None:
    """Start the command line. What importing it makes stays, so looking through it for garbage is a sixth of the start lost;
    and so is, at the end, looking through what goes with the process anyway."""
    _interrupt_plainly()
    gc.disable()
    from kgtool.cli import main as run

    gc.freeze()
    gc.enable()
    atexit.register(gc.freeze)
    try:
        run()
    finally:
        _interrupt_plainly()


def _interrupt_plainly() -> None:
    """Until the command is read, and when it is done, an interrupt ends the process as the system does it: Python may pass one
    over in an import, and would show the lines it was at."""
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)


if __name__ == "__main__":
    main()
