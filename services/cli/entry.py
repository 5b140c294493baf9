"""Entry point of the command `daybook`, which loads everything else.

Loading takes a moment, in which Ctrl-C ends the process as it ends a program without Python: at once, without a word.
"""

import signal


def run() -> None:
    """Load the commands and run the one that was typed."""
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # else it is ignored, in the background
    if ours:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from services.cli import main

    if ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    main.run()
