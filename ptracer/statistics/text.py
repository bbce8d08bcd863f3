"""Lines made of cells with styles: as plain text, or painted by rich, which is imported only then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ptracer.messages import visible

Cell = tuple[str, str]  # text, and its style in the words of rich
Line = list[Cell]

UNITS = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"))


def duration(nanoseconds: int) -> str:
    """Three digits and a unit: ``12.3us``, ``1.05s``, ``850ns``."""
    for size, unit in UNITS:
        if nanoseconds >= size - size // 2000 or (unit == "us" and nanoseconds >= 1000):
            return f"{digits(nanoseconds / size)}{unit}"
    return f"{nanoseconds}ns" if nanoseconds else "0"


def digits(number: float) -> str:
    """Three digits, or as many as there are before the point."""
    return f"{number:.2f}" if number < 9.995 else f"{number:.1f}" if number < 99.95 else f"{number:.0f}"


def amount(bytes: int) -> str:
    """A number of bytes, in powers of 1024."""
    size = float(bytes)
    for unit in ("", "K", "M", "G", "T", "P"):
        if size < 1000 or unit == "P":
            break
        size /= 1024
    return f"{bytes}" if not unit else f"{digits(size)}{unit}"


def share(part: int, whole: int) -> str:
    """Per cent."""
    return f"{100 * part / whole:.1f}%" if whole else "0.0%"


def shortened(text: str, width: int) -> str:
    """Text that fits: what is left out is in the middle, for paths differ at their ends."""
    if len(text) <= width:
        return text
    if width < 6:
        return text[:width]
    end = (width - 3) * 2 // 3
    return f"{text[: width - 3 - end]}...{text[len(text) - end :]}"


def plain(lines: Iterable[Line]) -> str:
    """Lines without styles."""
    return "".join(visible("".join(text for text, _ in line).rstrip()) + "\n" for line in lines)


def painted(lines: Sequence[Line]) -> str:
    """Lines with escape sequences, in the sixteen colours that every terminal's own theme makes readable."""
    import io

    from rich.console import Console
    from rich.text import Text

    file = io.StringIO()
    console = Console(file=file, force_terminal=True, color_system="standard", width=10_000, highlight=False)
    for line in lines:
        text = Text.assemble(*((visible(cell), style) for cell, style in line))
        text.rstrip()
        console.print(text, soft_wrap=True)
    return file.getvalue()


def picture(lines: Sequence[Line], columns: int, rows: int) -> str:
    """Lines as they are drawn over what was on a screen, cut where it ends."""
    made = painted([cut(line, columns) for line in lines[:rows]]).split("\n")[: len(lines)]
    return "\x1b[H" + "\x1b[K\r\n".join(made[:rows]) + "\x1b[K\x1b[J"


def cut(line: Line, columns: int) -> Line:
    """No more than so many characters of a line."""
    made: Line = []
    for text, style in line:
        if columns <= 0:
            break
        text = visible(text)
        made.append((text[:columns], style))
        columns -= len(text)
    return made
