"""The verdicts of both axes, with the symbol, the words and the meaning that go with each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import escape

__all__ = [
    "ARITHMETIC",
    "CODES",
    "EVIDENCE",
    "STANDING",
    "Arithmetic",
    "Evidence",
    "Sense",
    "Standing",
    "sense",
    "verdict_html",
]


class Arithmetic(StrEnum):
    """Whether the figure follows from its inputs."""

    EXACT = "exact"
    ROUNDING = "rounding"
    ROUNDING_RULE = "rounding-rule"
    WIDE = "wide"
    INCONSISTENT = "inconsistent"
    DECISION = "decision"
    NOT_DERIVABLE = "not-derivable"
    FAILED = "failed"


class Evidence(StrEnum):
    """Whether a source bears the figure."""

    CONFIRMED = "confirmed"
    SINGLE_SOURCE = "single-source"
    RELAYED = "relayed"
    MISATTRIBUTED = "misattributed"
    DISPUTED = "disputed"
    CONTRADICTED = "contradicted"
    UNTRACED = "untraced"
    OWN_TEXT = "own-text"
    PROPOSAL = "proposal"
    NOT_CHECKED = "not-checked"


class Standing(StrEnum):
    """Whether a proposition holds on the figures that it is held against."""

    HOLDS = "holds"
    UNDECIDED = "undecided"
    FAILS = "fails"
    DIFFERS = "differs"
    NOT_CHECKABLE = "not-checkable"


@dataclass(frozen=True)
class Sense:
    """How a verdict is shown and what it means.

    Parameters
    ----------
    symbol : str
        One character that tells the verdict without colour.
    tone : {'good', 'fair', 'note', 'bad', 'worst', 'own', 'none'}
        What colour it has, by a name that the charts and the style sheet give a hue.
    label_en, label_zh : str
        The word.
    meaning_en, meaning_zh : str
        One sentence.
    """

    symbol: str
    tone: str
    label_en: str
    label_zh: str
    meaning_en: str
    meaning_zh: str


ARITHMETIC: Mapping[Arithmetic, Sense] = {
    Arithmetic.EXACT: Sense(
        "✓",
        "good",
        "exact",
        "吻合",
        "The printed inputs, taken at face value, round half-up to the printed text.",
        "按文中所列输入的字面值计算，四舍五入即得文中所列数字。",
    ),
    Arithmetic.ROUNDING: Sense(
        "≈",
        "fair",
        "rounding",
        "舍入内",
        "Not at face value, but some values that round to the printed inputs give a value that "
        "rounds to the printed figure.",
        "字面值不符，但在输入的舍入范围内可以得到文中所列数字。",
    ),
    Arithmetic.ROUNDING_RULE: Sense(
        "∼",
        "note",
        "rounding rule",
        "舍入规则",
        "Only if inputs and figure were rounded half-even, cut off or rounded down.",
        "仅当输入与结果均按四舍六入五成双、截断或向下取整时成立。",
    ),
    Arithmetic.WIDE: Sense(
        "↔",
        "note",
        "wide",
        "过宽",
        "The inputs allow more than what rounds to the figure, and a range wider than the figure "
        "itself, so the check says little.",
        "输入所容许的范围超出该数的舍入区间，且比数字本身还宽，检验几无意义。",
    ),
    Arithmetic.INCONSISTENT: Sense(
        "≠",
        "bad",
        "inconsistent",
        "不一致",
        "No rounding rule that statistics are published by reconciles the figure with its inputs; "
        "which of them is wrong is open.",
        "统计发布所用的任何舍入规则都无法使该数与其输入相符；何者有误未定。",
    ),
    Arithmetic.DECISION: Sense(
        "!",
        "worst",
        "decision",
        "结论相反",
        "Inconsistent, and the whole range lies on the other side of the stated sign, rank or "
        "threshold.",
        "不一致，且整个范围位于所述符号、位次或门槛的另一侧。",
    ),
    Arithmetic.NOT_DERIVABLE: Sense(
        "–",
        "none",
        "not derivable",
        "无从推导",
        "It can't be recomputed from what is printed; the code says why.",
        "无法由文中内容重算；代码说明原因。",
    ),
    Arithmetic.FAILED: Sense(
        "†",
        "worst",
        "failed",
        "检验失败",
        "The check itself broke; this fails the build.",
        "检验本身出错；构建随之失败。",
    ),
}

EVIDENCE: Mapping[Evidence, Sense] = {
    Evidence.CONFIRMED: Sense(
        "●",
        "good",
        "confirmed",
        "已证实",
        "Sources of two independent origins agree with it.",
        "两个相互独立的原始出处与之相符。",
    ),
    Evidence.SINGLE_SOURCE: Sense(
        "◐",
        "fair",
        "single source",
        "单一来源",
        "Sources of one origin agree with it, however many relay it.",
        "仅一个原始出处与之相符，无论有多少转引。",
    ),
    Evidence.RELAYED: Sense(
        "↪",
        "note",
        "relayed",
        "转引",
        "Another origin was found than the one credited, which may relay it.",
        "找到所注来源之外的出处，所注来源可能系转引。",
    ),
    Evidence.MISATTRIBUTED: Sense(
        "⇄",
        "bad",
        "misattributed",
        "出处不符",
        "A credited source doesn't carry it, or cannot by its date or place.",
        "所注来源并无此数，或就时间、地域而言不可能载有此数。",
    ),
    Evidence.DISPUTED: Sense(
        "⇋",
        "own",
        "disputed",
        "存在分歧",
        "Credible sources stand on both sides.",
        "正反两方均有可信来源。",
    ),
    Evidence.CONTRADICTED: Sense(
        "×",
        "worst",
        "contradicted",
        "与证据相悖",
        "All that was found speaks against it.",
        "所找到的来源均与之相悖。",
    ),
    Evidence.UNTRACED: Sense(
        "?",
        "none",
        "untraced",
        "未查得",
        "It was looked for, and no page with it was found; the searches are listed.",
        "已查找，未找到载有此数的页面；检索记录另列。",
    ),
    Evidence.OWN_TEXT: Sense(
        "§",
        "own",
        "own text",
        "文内可数",
        "It can be counted in the paper's own text.",
        "可在论文文本中直接数出。",
    ),
    Evidence.PROPOSAL: Sense(
        "▷",
        "own",
        "proposal",
        "建议参数",
        "It is a parameter of a policy proposal and describes no state of the world.",
        "为政策建议中的参数，并非事实陈述。",
    ),
    Evidence.NOT_CHECKED: Sense(
        "·",
        "none",
        "not checked",
        "未查证",
        "No source for it was checked; for derived figures the arithmetic is the check.",
        "未查证其来源；推导所得的数字以算术检验为准。",
    ),
}

STANDING: Mapping[Standing, Sense] = {
    Standing.HOLDS: Sense(
        "✓",
        "good",
        "holds",
        "成立",
        "It holds for all values that round to the figures.",
        "凡舍入后等于所列数字的取值均使其成立。",
    ),
    Standing.UNDECIDED: Sense(
        "?",
        "note",
        "undecided",
        "未定",
        "It holds for some values that round to the figures and not for others.",
        "在舍入所容许的取值中，有的使其成立，有的不成立。",
    ),
    Standing.FAILS: Sense(
        "×",
        "bad",
        "fails",
        "不成立",
        "It holds for no values that round to the figures.",
        "凡舍入后等于所列数字的取值均使其不成立。",
    ),
    Standing.DIFFERS: Sense(
        "±",
        "own",
        "differs",
        "结果不一",
        "The figures that it is held against disagree.",
        "所对照的各组数字结论不一。",
    ),
    Standing.NOT_CHECKABLE: Sense(
        "–",
        "none",
        "not checkable",
        "无从检验",
        "No figures were found that could decide it.",
        "未找到可资判断的数字。",
    ),
}

CODES: Mapping[str, tuple[str, str]] = {
    "given": ("given without inputs", "直接给出，未列输入"),
    "no-denominator": ("the denominator isn't printed", "文中未给出分母"),
    "no-inputs": ("the inputs aren't printed", "文中未给出输入"),
    "parameter": ("a parameter of a proposal", "建议中的参数"),
    "undefined": ("it has no value on the printed inputs", "以文中输入计算无意义"),
}


def sense(verdict: Arithmetic | Evidence | Standing | str) -> Sense:
    """Return how a verdict is shown.

    Examples
    --------
    >>> sense("rounding").symbol
    '≈'
    """
    for table, kind in ((ARITHMETIC, Arithmetic), (EVIDENCE, Evidence), (STANDING, Standing)):
        if verdict in list(kind):
            return table[kind(verdict)]  # type: ignore[index]
    raise KeyError(verdict)


def verdict_html(verdict: Arithmetic | Evidence | Standing, code: str = "") -> str:
    """Return a badge: symbol, word and colour, with the meaning on hover.

    Examples
    --------
    >>> print(verdict_html(Arithmetic.EXACT)[:37])
    <span class="verdict verdict--exact"
    """
    shown = sense(verdict)
    label = shown.label_en + (f": {code}" if code else "")
    return (
        f'<span class="verdict verdict--{verdict}" title="{escape(shown.meaning_en)}">'
        f'<span aria-hidden="true">{shown.symbol}</span> {escape(label)}</span>'
    )
