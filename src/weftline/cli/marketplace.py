"""``weftline marketplace``: build, sign and verify a marketplace that others can install from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from weftline.cli.options import AsJson
from weftline.cli.output import print_json, say
from weftline.errors import DefinitionError

verbs = typer.Typer(help="Marketplaces: build, sign, verify.", no_args_is_help=True)
_Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="The marketplace's folder.", exists=True, file_okay=False)
]


@verbs.command()
def build(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder with one folder per connector.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the marketplace is written.")],
    as_json: AsJson = False,
) -> None:
    """Build a marketplace from a folder of connectors. Refused when one of them has an error."""
    from weftline.marketplace import index

    built = index.build(folder, out)
    if as_json:
        print_json(built.model_dump())
    else:
        say(f"built {len(built.packages)} packages, revision {built.revision}")


@verbs.command()
def keygen(file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key is written.")]) -> None:
    """Make a key to sign with, and print its public key. An existing file is never replaced."""
    from weftline.marketplace import signing

    private = signing.generate()
    try:
        held = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise DefinitionError(f"the key cannot be written to '{file}': {error.strerror}") from None
    with os.fdopen(held, "wb") as written:
        written.write(private)
    say(signing.public_key_of(private))


@verbs.command()
def sign(
    folder: _Folder,
    key: Annotated[Path, typer.Option(metavar="FILE", help="The private key.", exists=True, dir_okay=False)],
) -> None:
    """Sign a marketplace's index, and print the public key that verifies it."""
    from weftline.marketplace import index, signing

    private, data = key.read_bytes(), index.read_bytes(folder / index.INDEX)
    index.read_index(data)
    (folder / index.SIGNATURE).write_bytes(signing.sign(data, private))
    say(signing.public_key_of(private))


@verbs.command()
def verify(
    folder: _Folder,
    public_key: Annotated[str, typer.Option(metavar="KEY", help="The public key, as 'keygen' printed it.")],
    as_json: AsJson = False,
) -> None:
    """Verify a marketplace's signature and every package. Names what was changed."""
    from weftline.marketplace import index

    found = index.verify(folder, public_key)
    if as_json:
        print_json(found.model_dump())
    else:
        say(f"{len(found.packages)} packages are as signed, revision {found.revision}")
