"""The command `kgtool`, also as `python -m kgtool`."""

import gc


def main() -> None:
    """Start the command line. What importing it makes stays, so looking through it for garbage is a sixth of the start lost."""
    gc.disable()
    try:
        from kgtool.cli import main as run
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
