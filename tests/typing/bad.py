"""Mistakes that a type checker must reject, each on its line. Checked, never run."""

from __future__ import annotations

import citehub

hub = citehub.load("mt-nlg")
hub.wroks  # error: [attr-defined]
hub.works.to_pandas(["titel"])  # error: [list-item]
hub.works.to_arrow(columns=["titel"])  # error: [list-item]
hub.works.to_polars(["work_id", "titel"])  # error: [list-item]
hub.works["titel"]  # error: [index]
hub.works.to_pandas("title")  # error: [arg-type]
hub.citations.to_pandas(["title"])  # error: [list-item]
hub.canonical_facts.to_pandas(["titel"])  # error: [list-item]
for fact in hub.canonical_facts:
    fact["value"] + 1  # error: [operator]
    if fact["grade"] == "guessed":  # error: [comparison-overlap]
        pass
for score in hub.canonical_evaluations:
    if score["setting"] == "many":  # error: [comparison-overlap]
        pass
citehub.load("my-hub").canonical_facts  # error: [attr-defined]
citehub.load("./my-hub").finding_figures  # error: [attr-defined]
for row in hub.works:
    row["titel"]  # error: [typeddict-item]
    row["publication_year"] + 1  # error: [operator]
for count in hub.label_counts:
    if count["scheme"] == "mood":  # error: [comparison-overlap]
        pass
for counted in hub.source_counts:
    if counted["measure"] == "mood":  # error: [comparison-overlap]
        pass
hub.citation_years.to_pandas(["month"])  # error: [list-item]
hub.select(year="2023")  # error: [arg-type]
hub.select(theme=7)  # error: [arg-type]
hub.select(sort="new")  # error: [arg-type]
hub.select(role="metod")  # error: [arg-type]
hub.select(polarity=["method"])  # error: [list-item]
hub.select(unknown="drop")  # error: [arg-type]
hub.select(doi="10.1145/3744746")  # error: [arg-type]
hub.select(titel="x")  # error: [call-arg]
hub.export("bibtx")  # error: [arg-type]
hub.select().export("bibtx")  # error: [arg-type]
hub.select().to_pandas(["titel"])  # error: [list-item]
hub.cite("mla")  # error: [arg-type]
hub.canonical.ids["isbn"]  # error: [index]
hub.work("x").titel  # error: [attr-defined]
hub.manifest["vrsion"]  # error: [typeddict-item]
citehub.laod("mt-nlg")  # error: [attr-defined]
citehub.load(1)  # error: [call-overload]
citehub.load("mt-nlg", "1.0.0")  # error: [call-overload]
