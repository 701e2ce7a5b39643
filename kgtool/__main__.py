"""The command `kgtool`, also as `python -m kgtool`."""

import atexit
import gc


def main() -> None:
    """Start the command line. What importing it makes stays, so looking through it for garbage is a sixth of the start lost;
    and so is, at the end, looking through what goes with the process anyway."""
    gc.disable()
    try:
        from kgtool.cli import main as run
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    gc.freeze()
    gc.enable()
    atexit.register(gc.freeze)
    run()


if __name__ == "__main__":
    main()
