"""Builds the web UI, if anything in `web/` has changed since: `python scripts/build_web.py [--force]`."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
BUILT = ROOT / "src" / "weftline" / "static"
STAMP = BUILT / ".source"
SKIPPED = {"node_modules", "dist", "test-results", "coverage"}
NODE_AT_LEAST = 20


def main() -> int:
    """0 when the UI is built; 1 with one line that says what is missing."""
    if not (WEB / "package.json").is_file():
        sys.stderr.write("there is no web/ here: the server runs without its UI\n")
        return 0
    if not (WEB / "package-lock.json").is_file():
        return _fail("web/package-lock.json is missing: check out the whole repository")
    with (WEB / "package.json").open() as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)  # a second process waits for the first, and finds the UI built
        return build()


def build() -> int:
    """Build the UI if its source has changed; 0, or 1 with one line that says what is missing."""
    source = fingerprint()
    if "--force" not in sys.argv and STAMP.is_file() and STAMP.read_text() == source:
        return 0
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return _fail(f"the web UI needs Node {NODE_AT_LEAST} and npm: apt-get install nodejs npm")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if int(version.lstrip("v").partition(".")[0] or 0) < NODE_AT_LEAST:
        return _fail(f"the web UI needs Node {NODE_AT_LEAST} or newer, this is {version}: see https://nodejs.org")
    sys.stdout.write("building the web UI\n")
    sys.stdout.flush()
    installed = WEB / "node_modules" / ".ready"
    lock = WEB / "package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        if not _npm("ci", "--no-audit", "--no-fund"):
            return _fail("npm ci failed in web/")
        installed.touch()
    if not _npm("run", "build"):
        return _fail("the web UI could not be built: see 'npm run build' in web/")
    if not (BUILT / "index.html").is_file():
        return _fail(f"the build left no {BUILT.relative_to(ROOT)}/index.html")
    STAMP.write_text(source)
    return 0


def fingerprint() -> str:
    """A hash over every source file of the UI."""
    total = hashlib.sha256()
    for path in sorted(WEB.rglob("*")):
        if path.is_file() and not SKIPPED & set(path.relative_to(WEB).parts):
            total.update(str(path.relative_to(WEB)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _npm(*words: str) -> bool:
    """Run npm in web/; its output is shown only if it fails."""
    done = subprocess.run(
        ["npm", *words], cwd=WEB, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        sys.stderr.write(done.stdout[-4000:])
    return done.returncode == 0


def _fail(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
