"""Write a migration for what `store/tables.py` has and the newest lacks: `python scripts/revision.py words`."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from weftline.store import migrate, open_engine

with tempfile.TemporaryDirectory() as folder:
    engine = open_engine(f"sqlite:///{folder}/scratch.db")
    migrate(engine)
    with engine.connect() as connection:
        config = Config()
        root = Path(__file__).parent.parent
        config.set_main_option("script_location", str(root / "src/weftline/store/migrations"))
        config.attributes["connection"] = connection
        command.revision(config, " ".join(sys.argv[1:]), autogenerate=True, rev_id=None)
