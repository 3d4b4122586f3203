"""Labels of citations as properties of CiTO, the Citation Typing Ontology.

Every property here leads from the citing to the cited work. None stands where CiTO has no
property that says as much and no more: such a citation is a plain ``cito:cites``.
"""

CITO_NAMESPACE = "http://purl.org/spar/cito/"

CITO: dict[str, str | None] = {
    "background": "obtainsBackgroundFrom",
    "method": "usesMethodIn",
    "result": "discusses",  # results are set side by side; CiTO has no property for comparing
    "extension": "extends",
    "motivation": None,  # CiTO does not say that a work prompted another
    "future_work": None,  # nor that it is what remains to be done
    "unsure": None,  # the labeller did not decide
    "supporting": "agreesWith",
    "mentioning": None,  # no stance is taken
    "contrasting": "disagreesWith",
    "unclear": None,  # the labeller did not decide
}
"""Name of the CiTO property of each intent and polarity."""
