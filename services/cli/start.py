"""Run as a script: a command of Daybook in a child process, see `services/runtime/process.py`.

`python -P start.py WORDS…` searches neither the working directory nor the directory of this script. It runs the code
beside it, which is its parent's, also from a checkout while another one is installed.
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    root = str(Path(__file__).parents[2])
    if root not in sys.path:
        sys.path.insert(0, root)
    from services.cli.entry import run

    run()
