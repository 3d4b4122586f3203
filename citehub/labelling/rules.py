"""Rules that judge why a passage cites: by cue words, and by the kind of its section.

No model and no training: the cues were written by hand. Each has a weight, and the role with the
highest sum wins. If two are near, or nothing speaks for any, the rules abstain.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from citehub._rows import Intent, Polarity

LABELER: Final = "rules of citehub"
VERSION: Final = "1"
"""It increases whenever a cue or a weight changes."""
MARK: Final = "\u2060"
"""Stands for the mark in a sentence, and for those of other works."""
_BACKGROUND_WEIGHT: Final = 2.0  # it is what most citations are
_NEAR: Final = 0.5
_CONTEXT_LETTERS: Final = 2_000  # that are looked at, before a mark and behind it
_TITLE_LETTERS: Final = 1_000  # of sections
_CUE_WORDS: Final = 4  # at most: a release may not carry more of a sentence
_REPEATED_WEIGHT: Final = 1.5  # of a cue that is there more than once
_OTHERS: Final = r"(?:previous|prior|earlier|other|recent|several|past|published)(?:ly)?"
_CUES: Final[tuple[tuple[Intent, float, str, str], ...]] = (
    ("result", 4, "agrees or not",
     (r"(?:in)?consistent|accordance|concordan\w+|(?:dis)?agreement|agree[sd]?|line|keeping"
     r"|conformity|concur\w*|congruent|compatible|correlates? well|at odds|comparable|conflict"
     r"|contradict\w*|corroborat\w+|confirm\w*")),
    ("result", 3, "own result beside another",
     (r"\b(?:our|these|this|present|current) (?:\w+ ){0,2}?(?:result|finding|observation|data"
     r"|study|outcome|conclusion)s?\b(?=[^.;]{0,80}\b(?:consistent|agree\w*|similar|support\w*|confirm\w*"
     r"|line|accordance|contrast|differ\w*|contradict\w*|extend|corroborat\w*|comparable|reported"
     r"|compar\w+|keeping|match\w*|reflect|conflict|inconsistent))")),
    ("result", 2, "own result", r"\b(?:our|these) (?:\w+ )?(?:result|finding|observation)s?\b"),
    ("result", 3, "similar or other result",
     (r"\b(?:similar|same|comparable|analogous|opposite|identical|different|contrasting"
     r"|contradictory|conflicting) (?:\w+ )?(?:result|finding|observation|conclusion|trend|pattern"
     r"|effect|outcome)s?\b[^.;]{0,60}(?:reported|found|observed|obtained|seen|noted|shown|by|in"
     r"|with|to)")),
    ("result", 3, "compared with theirs",
     (r"\b(?:similar|comparable|equal|close|identical|analogous|contrary|contrast|compared|relative"
     r"|superior|inferior|opposed|in comparison)\b(?: \w+){0,2} (?:to|with) (?:that|those|the"
     r" (?:results?|findings?|values?|rates?|previous|one|study|report)|our|previous|earlier|other"
     rf"|what|results?|findings?|reports?|{MARK})")),
    ("result", 3, "like theirs",
     (r"\b(?:is|are|was|were|be|seems?|appears?)\b[^.;]{0,30}\b(?:similar|comparable|equal|close"
     r"|identical|contrary|higher|lower|in contrast)\b[^.;]{0,50}(?:reported|found|observed"
     rf"|obtained|seen|described|study|studies|{MARK})")),
    ("result", 2, "more or less than theirs",
     (r"\b(?:higher|lower|larger|smaller|greater|better|worse|less|more|fewer|longer|shorter|faster"
     r"|slower|stronger|weaker)\b[^.;]{0,40}\bthan (?:that|those|in|the (?:\w+ )?(?:reported"
     rf"|results?|values?|one|previous)|previously|reported|{MARK})")),
    ("result", 2, "results of others",
     (rf"\b{_OTHERS} (?:\w+ )?(?:result|finding|observation|report)s?\b")),
    ("result", 1, "work of others",
     (r"\b(?:previous|prior|earlier|other) (?:\w+ )?(?:stud(?:y|ies)|work|research|investigat\w+"
     r"|authors)\b")),
    ("result", 2, "in contrast",
     (r"\b(?:in contrast to|contrary to|unlike|in opposition to|differs? from|different from"
     r"|as opposed to)\b")),
    ("result", 1, "we found",
     (r"\b(?:we|our)\b[^.;]{0,40}\b(?:found|observed|obtained|show(?:ed|n)?|demonstrate\w*|detected"
     r"|confirm\w*|results? (?:show|suggest|indicate)\w*)\b")),
    ("result", 1, "as others found",
     (r"\b(?:as|also) (?:\w+ )?(?:reported|found|observed|shown|seen|noted|demonstrated|suggested)"
     r"(?: previously| earlier| before)? (?:by|in|for)\b")),
    ("result", 2, "supports or contradicts",
     (r"\b(?:support(?:s|ed|ing)?|confirm(?:s|ed|ing)?|corroborat\w+|extend(?:s|ing)?|contradict\w*"
     r"|reinforc\w+|strengthen\w*|validates?) (?:\w+ ){0,3}?(?:the |our |these |those |previous "
     r"|earlier |this |that )?(?:\w+ )?(?:results?|findings?|observations?|hypothes[ie]s|notion"
     r"|idea|view|conclusions?|data|reports?|stud(?:y|ies)|work|suggestion|claim)\b")),
    ("result", 1, "results of",
     (rf"\b(?:results?|findings?) (?:of|from|by|in) (?:\w+ ){{0,3}}(?:{MARK}|et al|study"
      r"|studies)")),
    ("result", 1, "this study",
     (r"\b(?:the present|this|our|the current) (?:study|work|cohort|investigation|series"
     r"|experiment|sample)\b")),
    ("method", 4, "as described",
     (r"\b(?:as|was|were|been|is|are|methods?|procedures?|protocol|elsewhere|details?)\b"
     r"[^.;]{0,40}\b(?:described|detailed|outlined|reported|published|specified|established"
     r"|explained)\b(?: \w+){0,3} ?(?:previously|elsewhere|before|earlier|in detail|by|in)?"
     rf"\s*(?:[,(]\s*)?(?:{MARK}|previously|elsewhere|in detail|by)")),
    ("method", 4, "previously described",
     (r"\b(?:previously|as) (?:described|reported|published|detailed) (?:method|protocol|procedure"
     rf"|elsewhere|previously|in|by|{MARK})|\bpreviously described\b|described previously"
     r"|described elsewhere")),
    ("method", 5, "we use",
     (r"\b(?:we|authors|i)\b(?: \w+){0,3} (?:us(?:e|ed|ing)|employ(?:ed)?|adopt(?:ed)?"
     r"|appl(?:y|ied)|follow(?:ed)?|utili[sz]ed?|implement(?:ed)?|modif(?:y|ied)|adapt(?:ed)?"
     r"|calculated?|estimated?|computed?|measured?|performed?|conduct(?:ed)?|trained?|ran|run"
     r"|select(?:ed)?|choose|chose|extract(?:ed)?|downloaded|obtained|collected|initiali[sz]ed?"
     r"|evaluated?|tested|fine-tuned?|set|defined?|model(?:l?ed)|generated?|assess(?:ed)?"
     r"|exploit(?:ed)?|consider(?:ed)?|rel(?:y|ied) on|compared?)\b")),
    ("method", 3, "was used",
     (r"\b(?:was|were|is|are|been|be)\b(?: \w+ly)? (?:used|employed|applied|performed|calculated"
     r"|assessed|measured|determined|evaluated|estimated|analy[sz]ed|obtained|generated|conducted"
     r"|carried out|implemented|computed|extracted|prepared|adapted|modified|adopted|collected"
     r"|quantified|identified using|tested|scored|defined|constructed|cloned|purified|isolated"
     r"|amplified|recorded|adjusted|corrected|aligned|processed|selected|synthesi[sz]ed"
     r"|utili[sz]ed|derived|administered|normali[sz]ed|classified|trained|scanned|stained"
     r"|sequenced|cultured|grown|fitted|solved|model?led|chosen|rated|coded|screened|made|done"
     r"|taken)\b")),
    ("method", 3, "using a method",
     (r"\b(?:using|by means of|with the help of|via|through the use of|based on|according to"
     r"|following|adapted from|modified from|derived from|taken from|obtained from|with the)"
     r" (?:\w+ )?(?:the |a |an )?(?:[\w-]+ ){0,4}(?:methods?|procedures?|protocols?|algorithms?"
     r"|software|tools?|package|program|technique|criteria|guidelines?|scale|questionnaire|score"
     r"|index|test|model|approach|scheme|formula|equation|toolbox|library|kit|version|assay"
     r"|instrument|inventory|dataset|corpus|database|analysis|system|framework|strategy"
     r"|function)\b")),
    ("method", 1, "using it",
     (rf"\b(?:using|based on|according to|following|followed|via|with)\b[^.;]{{0,30}}{MARK}")),
    ("method", 2, "the method of",
     (r"\b(?:methods?|algorithms?|procedures?|protocols?|software|technique|questionnaire|scale"
     r"|package|formula|tool|program|toolbox|criteria|test|inventory|dataset|corpus|index"
     r"|classifier|optimi[sz]er|architecture|model|network)\s*(?:,\s*)?\(?(?:of |by |proposed by "
     rf"|described by |developed by |proposed in |from |in )?{MARK}")),
    ("method", 1, "words of methods",
     (r"\b(?:software|questionnaire|algorithm|protocol|procedure|toolbox|version \d|dataset"
     r"|training set|pcr|implementation|implemented|regression|anova|hyper-?parameters?"
     r"|learning rate|likert|items?|baseline|state[- ]of[- ]the[- ]art|primers?|buffer|supplier"
     r"|validated|mm|ml|optimi[sz]er)\b")),
    ("method", 1, "in order to",
     (r"\b(?:in order to|to (?:assess|evaluate|measure|estimate|test|compare|determine|calculate"
     r"|compute|quantify|extract|train|obtain))\b")),
    ("method", 1, "using", r"\b(?:using|used|employed)\b"),
    ("method", 1, "what was done", r"\b(?:was|were) \w+ed\b"),
    ("extension", 5, "we extend",
     (r"\b(?:we|our \w+|this (?:paper|work|approach|method))\b(?: \w+){0,2} (?:extends?|buil[dt]s?"
     r" (?:up)?on|generali[sz]es?|improves? (?:up)?on|augments?)\b"
     rf"|\b(?:an? )?(?:extension|variant|generali[sz]ation) of (?:\w+ ){{0,3}}"
     rf"(?:{MARK}|the \w+)")),
    ("motivation", 5, "motivated by",
     (r"\b(?:motivated|inspired|prompted|encouraged) by\b|\b(?:draw|take)s? inspiration\b"
     r"|\bto (?:address|overcome|fill|remedy) (?:this|these|the) (?:limitation|gap|problem|issue"
     r"|shortcoming)s?\b")),
    ("future_work", 5, "future work",
     (r"\b(?:in )?(?:the )?future (?:work|research|direction)s?\b|\bwe (?:plan|intend) to\b"
     r"|\bwe leave\b|\bleft for future\b|\bit would be interesting to\b")),
    ("background", 2, "has been shown",
     (r"\b(?:has|have|had) (?:also |previously |recently |long |been |not )*been (?:\w+ly )?"
     r"(?:shown|reported|demonstrated|suggested|implicated|associated|linked|proposed|identified"
     r"|found|described|recogni[sz]ed|established|observed|considered|proven|postulated"
     r"|hypothesi[sz]ed|studied|documented|known|investigated)\b")),
    ("background", 2, "is known",
     (r"\b(?:is|are|was|were|well) (?:well |widely |generally |commonly |also )*(?:known|thought"
     r"|believed|considered|assumed|associated|involved|implicated|characteri[sz]ed|required"
     r"|essential|important|recogni[sz]ed|regarded|accepted|understood|linked|related"
     r"|responsible)\b")),
    ("background", 2, "what does what",
     (r"\b(?:plays?|playing) (?:an?|the|\w+) (?:\w+ ){0,4}?roles?\b|\brole (?:in|of|for)\b"
     r"|\binvolved in\b|\bimplicated in\b|\bassociated with\b|\blead(?:s|ing)? to\b"
     r"|\bresult(?:s|ing)? in\b|\bdue to\b|\bcaus(?:e|es|ed) by\b")),
    ("background", 0.7, "general words",
     (r"\b(?:can|may|might|could|often|typically|usually|generally|commonly|such as|including"
     r"|e\.g\.|for example|for instance|many|most|several|various|numerous|recently"
     r"|increasing(?:ly)?|important|major|particularly|potential(?:ly)?|although|however)\b")),
    ("background", 1, "others",
     (r"\b(?:researchers|others|scholars|literature|authors have|studies have|some studies"
     r"|many studies|it is|there is|there are|evidence)\b")),
)  # fmt: skip
_AGREES: Final = (
    rf"(?=[^.;]{{0,60}}\b(?:with|to|by|the (?:results?|findings?|previous|earlier|study|work)"
    rf"|previous|earlier|those|our)\b|[^.;]{{0,60}}{MARK})"
)
_RULES: Final = tuple(
    (role, weight, name,
     re.compile(rf"\b(?:{words})\b{_AGREES}" if name == "agrees or not" else words, re.IGNORECASE))
    for role, weight, name, words in _CUES
)  # fmt: skip
_TITLES: Final[tuple[tuple[Intent, float, str], ...]] = (
    ("method", 2.4,
     (r"method|material|procedure|experiment(?!al results)|implementation|set-?up|setting|design"
      r"|protocol|training|statistical|measures?|participants|data (?:collection|analysis|set)"
      r"|dataset|algorithm|details")),
    ("result", 2.0, r"discussion|comparison"),
    ("result", 0.5, r"results?|finding"),
    ("background", 2.5,
     (r"introduction|background|related work|literature|review|motivation|overview"
      r"|state of the art")),
    ("background", 1.0, r"conclusion"),
)  # fmt: skip
_SECTIONS: Final = tuple(
    (role, weight, re.compile(words, re.IGNORECASE)) for role, weight, words in _TITLES
)
_OWN_FINDING: Final = re.compile(
    r"\b(?:our|we|us|the present|this) (?:\w+ ){0,2}?(?:results?|findings?|data|study|studies|work"
    r"|observations?|analys[ie]s|experiments?|patients?|cohort|values?|conclusions?|model|found"
    r"|observed|show\w*|confirm\w*|estimates?|method|approach)\b|\bour\b"
    r"|\b(?:these|present|current) (?:results?|findings?|data|observations?|study)\b",
    re.IGNORECASE,
)
_FOR: Final = re.compile(
    r"\b(?:consistent with|in (?:good |close |full |general |line|accordance|agreement|keeping)"
    r"|agrees? (?:well )?with|in agreement|accord(?:s|ance) with|confirm\w*|support\w*"
    r"|corroborat\w+|similar (?:results?|findings?|to)|comparable (?:to|with|results?)"
    r"|the same (?:results?|as|conclusion)|concordant with|line with|match(?:es)? (?:well )?"
    r"|compatible with|as (?:reported|found|observed|shown) (?:previously )?by|also (?:found"
    r"|reported|observed))\b",
    re.IGNORECASE,
)
_AGAINST: Final = re.compile(
    r"\b(?:in contrast|contrary to|contradict\w*|inconsistent with|not (?:consistent|in agreement"
    r"|in line|agree|support\w*|confirm\w*|observed|found)|disagree\w*|differs? from"
    r"|different from|unlike|at odds|conflict\w*|discrepan\w+|opposite|did not (?:find|observe"
    r"|confirm|support|show)|no (?:significant )?(?:difference|association|effect)|higher than"
    r"|lower than|less than|in disagreement|however)\b",
    re.IGNORECASE,
)
_FINDINGS: Final = re.compile(r"discuss|result", re.IGNORECASE)
_THESE: Final = re.compile(r"\b(?:results?|findings?|observations?|this|these)\b", re.IGNORECASE)
_NOT: Final = re.compile(r"\bnot (?:consistent|in )", re.IGNORECASE)
_MARKS: Final = re.compile(
    r"\((?:[^()]|\([^()]*\)){0,300}?(?:1[89]|20)\d\d[a-z]?(?:[^()]|\([^()]*\)){0,300}?\)"
    r"|\[[\d,;\s–-]+\]|\([\d,;\s–-]+\)"
)


class Judged(NamedTuple):
    """The rules' judgement of a passage.

    Attributes
    ----------
    role : str or None
        Why it cites; None if the rules abstain.
    polarity : str or None
        ``supporting`` if it names its own work and agrees; ``contrasting`` if it names its own
        work and differs, which a person should check; else ``mentioning``. None if the role is not
        known.
    cues : tuple of str
        The cues that speak for the role, each with the words.
    section : str
        What in the section title speaks for the role; empty if nothing.
    margin : float
        By how much the role leads: points, not a probability.
    """

    role: Intent | None
    polarity: Polarity | None
    cues: tuple[str, ...]
    section: str
    margin: float


def judge(sentence: str, *, section: str = "", mark: tuple[int, int] | None = None) -> Judged:
    """Judge why a sentence cites, by its words and its section.

    Parameters
    ----------
    sentence : str
        The citing sentence. If it is longer, 4,000 characters around the mark count, or the first
        ones without a mark.
    section : str, optional
        Titles of its sections as printed; 1,000 characters count.
    mark : tuple of int, optional
        Start and end of the mark in the sentence, in characters.

    Returns
    -------
    Judged
        Role, polarity and the cues; the rules abstain if they see no cue, or if two roles are
        near.

    Examples
    --------
    >>> judge("Our results are consistent with those of Oak et al. [7].").role
    'result'
    >>> found = judge("We used the optimizer of [7].", section="4 Training")
    >>> found.role, found.cues[0]
    ('method', 'we use: We used')
    >>> judge("See [7].").role is None
    True
    """
    text, section = _with_marks(sentence, mark), section[:_TITLE_LETTERS]
    seen, told, ranked = _weigh(text, section)
    best, most = ranked[0]
    margin = round(most - (ranked[1][1] if len(ranked) > 1 else 0.0), 2)
    if margin < _NEAR or not (seen or told):
        return Judged(None, None, (), "", margin)
    cues = tuple(words for _, words in sorted(seen.get(best, ()), key=lambda pair: -pair[0]))
    return Judged(best, _polarity(text, best, section), cues, told.get(best, ""), margin)


def _weigh(
    text: str, section: str
) -> tuple[dict[Intent, list[tuple[float, str]]], dict[Intent, str], list[tuple[Intent, float]]]:
    """Return the cues, what the section says, and the roles by their sums."""
    seen: dict[Intent, list[tuple[float, str]]] = {}
    cues: dict[Intent, str] = {}
    sums: dict[Intent, float] = {"background": _BACKGROUND_WEIGHT}
    for role, weight, name, pattern in _RULES:
        found = list(itertools.islice(pattern.finditer(text), 2))
        if found:
            worth = weight * (1.0 if len(found) == 1 else _REPEATED_WEIGHT)
            sums[role] = sums.get(role, 0.0) + worth
            words = " ".join(found[0][0].replace(MARK, "").split()[:_CUE_WORDS])
            seen.setdefault(role, []).append((worth, f"{name}: {words}" if words else name))
    for role, weight, pattern in _SECTIONS:
        if named := pattern.search(section):
            sums[role] = sums.get(role, 0.0) + weight
            cues.setdefault(role, named[0])
    return seen, cues, sorted(sums.items(), key=lambda pair: -pair[1])


def best_guess(sentence: str, *, section: str = "", mark: tuple[int, int] | None = None) -> Intent:
    """Return the leading role, even if `judge` abstains."""
    return _weigh(_with_marks(sentence, mark), section[:_TITLE_LETTERS])[2][0][0]


def _polarity(text: str, role: Intent, section: str) -> Polarity:
    """Return the polarity: only of a result that names the citing work's own."""
    is_own = _OWN_FINDING.search(text) or (_FINDINGS.search(section) and _THESE.search(text))
    if role != "result" or not is_own:
        return "mentioning"
    differs, agrees = _AGAINST.search(text), _FOR.search(text)
    if differs and not agrees:
        return "contrasting"
    is_for = agrees and (not differs or agrees.start() < differs.start())
    return "supporting" if is_for and not _NOT.search(text) else "mentioning"


def _with_marks(sentence: str, mark: tuple[int, int] | None) -> str:
    """Return a sentence with one sign for each mark, cut around the one that counts."""
    if mark is not None and 0 <= mark[0] < mark[1] <= len(sentence):
        before = sentence[max(0, mark[0] - _CONTEXT_LETTERS) : mark[0]]
        sentence = f"{before} {MARK} {sentence[mark[1] : mark[1] + _CONTEXT_LETTERS]}"
    return _MARKS.sub(f" {MARK} ", sentence[: 2 * _CONTEXT_LETTERS + 3])
