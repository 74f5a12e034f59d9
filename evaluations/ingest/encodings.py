"""Which encoding text that is no UTF-8 is probably in, so that its sender can be told. Pure: no Django."""

import codecs

from charset_normalizer import from_bytes

# The names that programs show when they open or save a file. Few, because a short text fits many.
NAMES = {
    "cp1252": "Windows-1252 (Western European)",
    "mac_roman": "Mac OS Roman",
    "cp1251": "Windows-1251 (Cyrillic)",
    "shift_jis": "Shift JIS",
    "gb18030": "GB 18030",
    "big5": "Big5",
    "euc_kr": "EUC-KR",
}
UTF32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def guess_encoding(sample: bytes) -> str | None:
    """The name of the encoding, or None where nothing fits."""
    if sample.startswith(UTF32_MARKS):
        return "UTF-32"
    best = from_bytes(sample, cp_isolation=list(NAMES)).best()
    return NAMES.get(best.encoding) if best else None
