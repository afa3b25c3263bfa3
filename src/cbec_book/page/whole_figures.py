"""Keep dates, ranges and figures on one line: a browser would break 3.1–9.3 and 2024-11-18."""

from __future__ import annotations

import re

_NUMBER = r"\d(?:[\d.,]*\d)?"
# Code and drawings are left alone, and so is what is marked already.
_PIECES = re.compile(
    r"<!--.*?-->"
    r"|<(?P<whole>head|script|style|svg|math|code|pre|textarea|option)\b.*?</(?P=whole)\s*>"
    r'|<span class="cbec-(?:figure|whole)"[^>]*>[^<]*'
    r"|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>"
    r"|(?P<figure>(?<![\w.-])\d{4}-\d\d(?:-\d\d)?(?![\w-])"
    rf"|(?<![\w.[–-])[-−+]?{_NUMBER}%?[–-][-−+]?{_NUMBER}%?(?![\w-])"
    rf"|[\[(][-−+]?{_NUMBER}, [-−+]?{_NUMBER}[\])]%?"
    rf"|{_NUMBER}(?:[万亿]+(?:[美欧]?元|[个家人])?|[个家人元倍]))",
    re.DOTALL,
)


def keep_whole(page: str, pagename: str) -> str:
    """Mark what a line may not end in: dates, ranges, intervals and figures as printed.

    Examples
    --------
    >>> print(keep_whole("<td>3.1–9.3 of 2024-11-18, <code>3.1–9.3</code></td>", ""))
    <td><span class="cbec-whole">3.1–9.3</span> of <span class="cbec-whole">2024-11-18</span>, ...
    """
    return _PIECES.sub(
        lambda piece: (
            f'<span class="cbec-whole">{piece[0]}</span>' if piece["figure"] else piece[0]
        ),
        page,
    )
