"""Labels of citations as properties of CiTO, the Citation Typing Ontology.

Every property here leads from the citing to the cited work. None means that no property of CiTO
says exactly the same; ``vocabulary.CROSSWALK`` gives the reasons. Such a citation is a plain
``cito:cites``.
"""

CITO_NAMESPACE = "http://purl.org/spar/cito/"

CITO: dict[str, str | None] = {
    "background": "obtainsBackgroundFrom",
    "method": "usesMethodIn",
    "result": "discusses",
    "extension": "extends",
    "motivation": None,
    "future_work": None,
    "unsure": None,
    "supporting": "agreesWith",
    "mentioning": None,
    "contrasting": "disagreesWith",
    "unclear": None,
}
"""Name of the CiTO property of each intent and polarity."""
