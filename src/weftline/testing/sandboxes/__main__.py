"""``python -m weftline.testing.sandboxes``."""

import sys

from weftline.testing.sandboxes.cli import main

sys.exit(main())
