"""Floor 7: bytes to values and back."""

from weftline.formats.base import Format
from weftline.kernel import Registry

BUILTIN = {
    "json": "weftline.formats.json:JsonFormat",
    "ndjson": "weftline.formats.ndjson:NdjsonFormat",
    "csv": "weftline.formats.csv:CsvFormat",
    "text": "weftline.formats.text:TextFormat",
    "form": "weftline.formats.form:FormFormat",
    "xml": "weftline.formats.xml:XmlFormat",
    "xlsx": "weftline.formats.xlsx:XlsxFormat",
    "binary": "weftline.formats.binary:BinaryFormat",
    "multipart": "weftline.formats.multipart:MultipartFormat",
    "x12": "weftline.formats.x12:X12Format",
    "edifact": "weftline.formats.edifact:EdifactFormat",
}

FORMATS: Registry[Format] = Registry("formats", BUILTIN)

__all__ = ["BUILTIN", "FORMATS", "Format"]
