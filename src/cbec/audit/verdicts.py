"""The verdicts of both axes, and how a proposition stands: the words, symbols and meanings."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from html import escape
from typing import Self

from cbec.display.html import plain_words


class Verdict(StrEnum):
    """A verdict, and how it is shown.

    ``symbol`` is one character that tells it without colour, ``tone`` what colour it has, by a name
    that charts, pictures and the style sheet give a hue: good, fair, note, bad, worst, own or none.
    """

    symbol: str
    tone: str
    label_zh: str

    def __new__(cls, word: str, symbol: str = "", tone: str = "", label_zh: str = "") -> Self:
        """Make a member of its row; later on the word alone finds it."""
        verdict = str.__new__(cls, word)
        verdict._value_ = word
        verdict.symbol, verdict.tone, verdict.label_zh = symbol, tone, label_zh
        return verdict

    @property
    def label_en(self) -> str:
        """The verdict in words."""
        return self.replace("-", " ")

    @property
    def meaning_en(self) -> str:
        """What it means, in a sentence."""
        return _MEANINGS[self]


class Arithmetic(Verdict):
    """Whether the figure follows from its inputs."""

    EXACT = "exact", "✓", "good", "吻合"
    ROUNDING = "rounding", "≈", "fair", "舍入内"
    ROUNDING_RULE = "rounding-rule", "∼", "note", "舍入规则"
    WIDE = "wide", "↔", "note", "过宽"
    INCONSISTENT = "inconsistent", "≠", "bad", "不一致"
    DECISION = "decision", "!", "worst", "结论相反"
    NOT_DERIVABLE = "not-derivable", "–", "none", "无从推导"
    FAILED = "failed", "†", "worst", "检验失败"


class Evidence(Verdict):
    """Whether a source bears the figure."""

    CONFIRMED = "confirmed", "●", "good", "已证实"
    SINGLE_SOURCE = "single-source", "◐", "fair", "单一来源"
    RELAYED = "relayed", "↪", "note", "转引"
    MISATTRIBUTED = "misattributed", "⇄", "bad", "出处不符"
    DISPUTED = "disputed", "⇋", "own", "存在分歧"
    CONTRADICTED = "contradicted", "×", "worst", "与证据相悖"
    UNTRACED = "untraced", "?", "none", "未查得"
    OWN_TEXT = "own-text", "§", "own", "文内可数"
    PROPOSAL = "proposal", "▷", "own", "建议参数"
    NOT_CHECKED = "not-checked", "·", "none", "未查证"


class Standing(Verdict):
    """Whether a proposition holds on the figures that it is held against."""

    HOLDS = "holds", "✓", "good", "成立"
    UNDECIDED = "undecided", "?", "note", "未定"
    FAILS = "fails", "×", "bad", "不成立"
    DIFFERS = "differs", "±", "own", "结果不一"
    NOT_CHECKABLE = "not-checkable", "–", "none", "无从检验"


_MEANINGS: Mapping[str, str] = {
    "exact": "The printed inputs, taken at face value, round half-up to the printed text.",
    "rounding": "Not at face value, but some values that round to the printed inputs give a value "
    "that rounds to the printed figure.",
    "rounding-rule": "Only if inputs and figure were rounded half-even, cut off or rounded down.",
    "wide": "The inputs allow more than what rounds to the figure, and a range wider than the "
    "figure itself, so the check says little.",
    "inconsistent": "No rounding rule that statistics are published by reconciles the figure with "
    "its inputs; which of them is wrong is open.",
    "decision": "Inconsistent, and the whole range lies on the other side of the stated sign, rank "
    "or threshold.",
    "not-derivable": "It can't be recomputed from what is printed; the reason is given.",
    "failed": "The check itself broke; this fails the build.",
    "confirmed": "Sources of two independent origins agree with it.",
    "single-source": "Sources of one origin agree with it, however many relay it.",
    "relayed": "Another origin was found than the one credited, which may relay it.",
    "misattributed": "A credited source doesn't fit it, by its text, abstract, date or place.",
    "disputed": "Credible sources stand on both sides.",
    "contradicted": "All that was found speaks against it.",
    "untraced": "No page with it was found, which doesn't make it wrong; the searches are listed.",
    "own-text": "It can be counted in the paper's own text.",
    "proposal": "It is a parameter of a policy proposal and describes no state of the world.",
    "not-checked": "No source for it was checked; for derived figures the arithmetic is the check.",
    "holds": "It holds for all values that round to the figures.",
    "undecided": "It holds for some values that round to the figures and not for others.",
    "fails": "It holds for no values that round to the figures.",
    "differs": "The figures that it was tried on disagree.",
    "not-checkable": "No figures were found that could decide it.",
}

#: Why a figure isn't derivable, by the code that the ledger gives.
CODES: Mapping[str, str] = {
    "given": "the paper starts from it",
    "no-denominator": "the denominator isn't printed",
    "no-inputs": "the inputs aren't printed",
    "parameter": "a parameter of a proposal",
    "undefined": "it has no value on the printed inputs",
}

_VERDICTS: Mapping[str, Verdict] = {
    verdict: verdict for axis in (Arithmetic, Evidence, Standing) for verdict in axis
}


def sense(word: str) -> Verdict:
    """Return the verdict of a word, which says how it is shown.

    Examples
    --------
    >>> sense("rounding").symbol
    '≈'
    """
    return _VERDICTS[word]


def verdict_html(verdict: Verdict, code: str = "") -> str:
    """Return a badge: symbol, word and the colour of its tone, with the meaning on hover.

    Examples
    --------
    >>> print(verdict_html(Arithmetic.EXACT)[:36])
    <span class="verdict verdict--good"
    """
    label = verdict.label_en + (f": {plain_words(code)}" if code else "")
    return (
        f'<span class="verdict verdict--{verdict.tone}" title="{escape(verdict.meaning_en)}">'
        f'<span aria-hidden="true">{verdict.symbol}</span> {escape(label)}</span>'
    )
