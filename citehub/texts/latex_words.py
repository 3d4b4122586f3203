"""Words of LaTeX: which commands and environments print text, and which arguments do not.

Letters stand for arguments: m, o in square brackets, p in round ones, s for a star.
"""

from __future__ import annotations

import re
from typing import Final

VERBATIM: Final = frozenset(
    "verbatim verbatim* Verbatim Verbatim* lstlisting minted alltt BVerbatim LVerbatim "
    "filecontents filecontents* tikzpicture pgfpicture picture code pycode sourcecode "
    "spverbatim CCSXML forest prooftree dot2tex asy lstcode python bash semiverbatim".split()
)
"""Environments that print no prose."""

PICTURES: Final = frozenset({"forest", "tikzpicture", "pgfpicture", "picture"})
"""Environments that draw; of these, only the parts that cite are read."""

INLINE_LISTS: Final = frozenset(
    "inparaenum inparaitem inparadesc enumerate* itemize* description* inlinelist".split()
)
LEFT_OUT: Final = frozenset({"comment"})
"""Environments that do not print."""

EQUATIONS: Final = frozenset(
    "equation equation* align align* gather gather* multline multline* eqnarray eqnarray* "
    "displaymath math flalign flalign* alignat alignat* dmath dmath* IEEEeqnarray "
    "IEEEeqnarray* subequations empheq split cases array dgroup mathpar mathpar* bprooftree "
    "mathletters".split()
)

TABULARS: Final = {
    word: kinds
    for kinds, words in (
        ("m", "tabu longtabu supertabular xtabular mpxtabular deluxetable deluxetable*"),
        ("mm", "xltabular ltablex widetabular"),
        ("om", "tabular longtable tblr longtblr talltblr NiceTabular"),
        ("mom", "tabular* tabularx tabulary"),
    )
    for word in words.split()
}
"""Environments of rows, with their arguments."""

FLOATS: Final = re.compile(
    r"(?:sideways|wrap|floating|SC|long|margin|sub|mid|landscape)?"
    r"(?:table|figure|floatrow|listing|algorithm)\*?$|wraptable|wrapfloat|scheme|chart|plate|video"
)
"""Environments that stand apart from the text."""

ARGUMENTS: Final = {
    word: kinds
    for kinds, words in (
        (
            "m",
            (
                "multicols multicols* adjustbox thebibliography spacing otherlanguage letter "
                "textblock column scaletikzpicturetowidth"
            ),
        ),
        (
            "o",
            (
                "threeparttable tablenotes figure figure* table table* itemize enumerate "
                "description algorithm algorithmic scope tcolorbox mdframed sidewaystable "
                "sidewaysfigure frame columns listing"
            ),
        ),
        ("mm", "adjustwidth list CJK CJK* resizebox wrapfloat"),
        ("om", "subfigure subtable otherlanguage* foreigndisplay"),
        ("oo", "displayquote SCfigure"),
        ("oom", "displaycquote"),
        ("omom", "wrapfigure wraptable"),
        ("ooom", "minipage"),
    )
    for word in words.split()
}
"""Arguments of other environments."""

SECTIONS: Final = {
    word: level
    for level, words in enumerate(
        (
            "part addpart",
            "chapter addchap chap",
            "section addsec invisiblesection conclusionsection",
            "subsection",
            "subsubsection",
            "paragraph subsubsubsection",
            "subparagraph",
        )
    )
    for word in words.split()
}
"""Commands that begin a section, and how deep it lies."""

THANKS: Final = frozenset(
    "ack acknowledgement acknowledgements acknowledgment acknowledgments acks".split()
)

DROPPED: Final = {
    word: kinds
    for kinds, words in (
        (
            "",
            (
                "hskip vskip phantomsection textwidth linewidth balance extrarowheight qedhere "
                "glsresetall setbox write immediate hfill linenumbers"
            ),
        ),
        (
            "m",
            (
                "label bibliographystyle stepcounter refstepcounter hypersetup pagestyle "
                "thispagestyle pagenumbering hyphenation selectlanguage cline phantom vphantom "
                "hphantom linespread graphicspath setstretch nocite newlength tikzset pgfplotsset "
                "usetikzlibrary lstset sisetup geometry markright email institute pacs date "
                "linelabel hypertarget hyperlink orcid ORCID orcidlink theoremstyle tablewidth "
                "tabletypesize tablenum tablecolumns setcopyright acmDOI acmISBN received revised "
                "accepted verbatiminput pgfkeys setcitestyle SetWatermarkText watermark lhead "
                "rhead chead lfoot rfoot cfoot AtEveryBibitem AtBeginBibliography bookmarksetup "
                "needspace contribution shorttitle shortauthors newbox special typeout message"
            ),
        ),
        ("o", "footnotemark allowdisplaybreaks addlinespace midrule toprule bottomrule"),
        (
            "mm",
            (
                "setlength addtolength setcounter addtocounter fontsize multicolumn floatname "
                "markboth numberwithin newglossaryentry DeclareAcronym acrodef PackageWarning "
                "TPGrid"
            ),
        ),
        ("mo", "scalebox newcounter"),
        (
            "om",
            (
                "href includesvg usepackage RequirePackage color textcolor colorbox index todo "
                "missingfigure rotatebox rowcolor cellcolor columncolor arrayrulecolor "
                "captionsetup bibitem foreignlanguage affiliation affil address setlist ccsdesc "
                "lstinputlisting fancyhf fancyhead fancyfoot deleted correspondingauthor"
            ),
        ),
        ("oo", "makebox framebox"),
        ("sm", "vspace hspace enlargethispage"),
        (
            "mmm",
            "definecolor newfloat addcontentsline crefname Crefname specialrule contentsline",
        ),
        ("mom", "newcolumntype"),
        ("moo", "raisebox"),
        ("omm", "fcolorbox rule pdfbookmark DeclareFieldFormat"),
        ("omo", "declaretheorem"),
        ("oom", "externaldocument"),
        ("opm", "cmidrule"),
        ("smm", "resizebox DeclareMathOperator counterwithin"),
        ("moom", "renewbibmacro"),
        ("ommm", "rowcolors acmConference newacronym"),
        ("omom", "multirow"),
        ("ooom", "parbox"),
        ("soom", "includegraphics"),
        ("smmmm", "titlespacing"),
        ("smomo", "newtheorem"),
        ("smmmmm", "titleformat"),
        ("ommmmmm", "bibpunct"),
    )
    for word in words.split()
}
"""Commands whose arguments of these kinds do not print; what follows them does."""

KEPT_REFERENCES: Final = frozenset(
    "ref eqref autoref cref Cref pageref nameref vref vpageref subref labelcref figref tabref "
    "secref fref Fref Autoref namecref fullref cpageref sref".split()
)
"""Commands that print a number of the text."""

CONDITIONS: Final = frozenset(
    "iffalse iftrue ifx ifnum ifdim ifodd ifcase if ifcat ifmmode ifvmode ifhmode ifinner "
    "ifvoid ifdefined ifcsname ifpdf ifluatex ifxetex ifeof ifPDFTeX ifXeTeX ifLuaTeX iftutex "
    "ifhbox ifvbox ifpdftex ifbiber".split()
)

BUILT_IN: Final = frozenset(
    "begin end input include section subsection subsubsection chapter paragraph subparagraph "
    "part caption footnote label ref item bibliography document appendix newcommand def let "
    "title author footnotetext thanks maketitle verb url href item bibitem newblock "
    "tableofcontents and par".split()
)
"""Commands that no macro replaces."""

DEFINING: Final = frozenset(
    "newcommand renewcommand providecommand DeclareRobustCommand newrobustcmd renewrobustcmd "
    "providerobustcmd NewDocumentCommand RenewDocumentCommand ProvideDocumentCommand "
    "DeclareDocumentCommand NewExpandableDocumentCommand".split()
)

CITE: Final = re.compile(r"\\[A-Za-z]*[cC]ite[A-Za-z]*")
CITE_NAME: Final = re.compile(r"[A-Za-z@]*[cC]ite[A-Za-z@]*")
NO_CITE: Final = re.compile(
    r"nocite|NoCite|.*citestyle|citetext|citeindex|defcite.*|.*bibcite|citation|Declare.*"
    r"|.*citecommand|cite(?:sep|mid|open|close|color|punct|dash|form|left|right)|mkcite.*|setcite.*"
    r"|.*cite(?:reset|count|delim)|if.*cite.*|usecite.*|.*cited|.*citing|newcites|.*@.*"
)
"""Commands with the word in their names that print no mark."""

FOOT_CITE: Final = re.compile(r"[fF]oot(?:full)?cites?")
TEXTUAL: Final = re.compile(
    r".*[cC]ite(?:t|author|pos|alt)|[tT]extcite|newcite|citeA|citeN|shortciteA|posscite|citeasnoun"
)
NOT_TEXTUAL: Final = re.compile(r".*[pP](?:aren)?cite|.*cite(?:al|p)")
