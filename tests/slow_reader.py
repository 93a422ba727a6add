"""The slow reader of CSV: RFC 4180 one character at a time, sharing nothing with the pipeline's."""

from __future__ import annotations

END = ""
"""What comes after the last character."""


def slowly(text: bytes, width: int) -> list[tuple[list[str] | None, str]]:
    """Every record: its fields, None if it is malformed or hasn't `width` of them; and it as it came, without line end.

    What is no UTF-8, or NUL, makes a record malformed, and is shown as its bytes in hex.
    """
    chars = [_shown(char) for char in text.decode("utf-8", "surrogateescape")]
    records, i = [], 0
    while i < len(chars):
        start, fields, value, bad, state = i, list[str](), "", False, "start"
        while True:
            char = chars[i] if i < len(chars) else END
            crlf = char == "\r" and chars[i + 1 : i + 2] == ["\n"]
            line_ends = char in ("\n", END) or crlf
            bad = bad or len(char) > 1 or (state == "quoted" and char == END)
            if state == "quoted" and char != END:
                if char == '"':
                    state = "closed"
                else:
                    value += char
            elif line_ends:
                break
            elif state == "broken":
                pass
            elif char == ",":
                fields.append(value)
                value, state = "", "start"
            elif state == "start" and char == '"':
                state = "quoted"
            elif state == "closed" and char == '"':
                value, state = value + '"', "quoted"
            elif state == "closed" or char == '"':
                bad, state = True, "broken"
            else:
                bad = bad or char == "\r"
                value, state = value + char, "plain"
            i += 1
        raw = "".join(chars[start:i])
        good = not bad and len(fields) == width - 1 and raw != ""
        records.append(([*fields, value] if good else None, raw))
        i += 2 if crlf else 1
    return records


def _shown(char: str) -> str:
    """The character; of a NUL or a byte that is no UTF-8, its hex, which is longer than one character."""
    return f"\\x{ord(char) & 0xFF:02x}" if char == "\0" or 0xDC80 <= ord(char) <= 0xDCFF else char
