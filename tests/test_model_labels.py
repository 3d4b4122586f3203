"""Passages that a language model judges: what is asked, what is kept, and what goes wrong."""

from __future__ import annotations

import json
import os
import shutil

import pytest

import citehub
from citehub import errors
from citehub.graph import label_by_model, label_hub, read_texts
from citehub.labelling.prompt import find_majority, make_prompt, read_answer, with_mark
from citehub.live import models, transport
from citehub.live.models import ModelHost
from citehub.sources.readings import read_program_labels
from tests.live.model_server import NAME, completion, cut, drip, huge, judgement, serve_model
from tests.test_reading import CC_BY, DAY, SOURCE, made, page  # noqa: F401 -- a fixture

SAID = "We used the lamp of Wick et al. [1]."
KEY = "sesame-open-the-lamp"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(transport, "backoff", lambda _tries: 0.0)
    monkeypatch.setattr(models, "_ANSWER_SECONDS", 5.0)
    for name in ("CITEHUB_MODEL_KEY", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    with serve_model() as found:
        yield found


@pytest.fixture(scope="module")
def base(made, tmp_path_factory):  # noqa: F811
    """A hub with two passages, one of an open text and one of a closed."""
    place = tmp_path_factory.mktemp("base")
    folder = shutil.copytree(made, place / "hub")
    texts = place / "texts"
    texts.mkdir()
    (texts / "2401.00002.html").write_text(page(said=SAID, head=CC_BY))
    (texts / "main.tex").write_text(SOURCE)
    (folder / "source" / "subjects.csv").write_text(
        "subject,description,position,who,when,why\n"
        "lamp,The lamp itself.,1,Ada,2026-11-29,It is cited\n"
        "oil,What burns in it.,2,Ada,2026-11-29,It is cited\n"
    )
    read_texts(folder, [texts], created=DAY)
    return folder


@pytest.fixture
def hub(base, tmp_path):
    return shutil.copytree(base, tmp_path / "hub")


def label(hub, server, **given):
    return label_by_model(hub, model=NAME, at=server.at, created=DAY, **given)


def answers(hub):
    path = hub / "source" / "full-texts" / "model-answers.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def lamp(**values):
    return {"subject": "lamp", **values}


# -- what an answer says ----------------------------------------------------------------------

GOOD = json.dumps(judgement("a#1"))


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Here it is:\n```\n{GOOD}\n```\nI hope that helps.",
        f"<think>A lamp {{is}} a lamp.</think>\n\n{GOOD}",
    ],
)
def test_an_answer_may_stand_in_a_fence_or_after_thoughts(text):
    assert read_answer(text, "a#1", ()).intent == "method"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("<think>hm</think>", "it is empty"),
        ("I cannot help with that.", "it is no JSON"),
        (GOOD[:-9], "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        pytest.param("```\n" + "\n" * 500_000 + "x", "it is no JSON", id="a fence without end"),
        ("[1]", "it is not a JSON object"),
        ("{}", "it is about the passage None, not 'a#1'"),
        (json.dumps(judgement("a#2")), "it is about the passage 'a#2', not 'a#1'"),
        (json.dumps(judgement("a#1", intent="praise")), "intent is 'praise', not one of backgr"),
        (json.dumps(judgement("a#1", intent=["method"])), r"intent is \['method'\], not one of"),
        (json.dumps(judgement("a#1", polarity=None)), "polarity is None, not one of"),
        (json.dumps(judgement("a#1", second_intent=7)), "second_intent is 7, not one of"),
        (json.dumps(judgement("a#1", confidence=0.9)), "confidence is 0.9, not one of"),
    ],
)
def test_an_answer_that_is_no_judgement_is_told(text, said):
    with pytest.raises(ValueError, match=said):
        read_answer(text, "a#1", ())


def test_a_subject_must_be_one_of_the_hub():
    text = json.dumps(judgement("a#1", subject="moon"))
    assert read_answer(text, "a#1", ()).subject is None
    with pytest.raises(ValueError, match="subject is 'moon', not one of lamp, null"):
        read_answer(text, "a#1", ["lamp"])


@pytest.mark.parametrize("gist", [None, 7, "", "x " * 23, "x" * 301])
def test_a_gist_that_is_none_or_long_is_left_out(gist):
    assert read_answer(json.dumps(judgement("a#1", gist=gist)), "a#1", ()).gist is None


def test_a_tie_is_no_majority():
    assert find_majority([]) is None
    assert find_majority(["a", "b"]) is None
    assert find_majority(["a", "b", "c", "a"]) is None
    assert find_majority(["a", "b", "a"]) == "a"


def test_the_prompt_has_guideline_and_subjects_and_its_hash_follows_both():
    one, other = make_prompt("Judge.", "1", ["lamp"]), make_prompt("Judge!", "1", ["lamp"])
    assert "Judge." in one.system
    assert '"subject": one of: lamp' in one.system
    assert len({one.sha256, other.sha256, make_prompt("Judge.", "1", []).sha256}) == 3
    assert with_mark("As in [7].", None) == "As in [7]."


# -- what goes wrong on the way ---------------------------------------------------------------


def ask(server, at="", model=NAME):
    return ModelHost(at or server.at, model).complete(
        "Judge.", json.dumps({"id": "a#1"}), {"type": "object"}, temperature=0.0, seed=1
    )


def test_an_answer_is_taken_as_it_comes(server):
    found = ask(server)
    assert read_answer(found.text, "a#1", ()).intent == "method"
    assert (found.fingerprint, found.usage["prompt_tokens"]) == ("b42", 700)
    ((path, headers, body),) = server.log
    assert path == "/v1/chat/completions"
    assert "Authorization" not in headers
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert (body["model"], body["temperature"], body["seed"]) == (NAME, 0.0, 1)


def test_what_a_server_does_not_take_is_left_out_from_then_on(server):
    host = ModelHost(server.at, NAME)
    no = {"error": {"message": "Unsupported parameter: 'temperature'"}}
    server.plan = [(400, {}, no), (400, {}, {"error": "bad request"})]
    for _ in range(2):
        host.complete("Judge.", '{"id": "a"}', {}, temperature=0.0, seed=1)
    kept = [{"response_format", "temperature", "seed"} & body.keys() for _, _, body in server.log]
    assert kept == [
        {"response_format", "temperature", "seed"}, {"response_format", "seed"}, {"seed"}, {"seed"}
    ]  # fmt: skip


def test_a_refusal_that_stays_is_told(server):
    server.plan = [(400, {}, {"error": {"message": "context is too long"}})] * 2
    with pytest.raises(errors.BadAnswer, match=r"with 400 \(context is too long\)"):
        ask(server)


@pytest.mark.parametrize(
    ("step", "error", "said", "n"),
    [
        ((401, {}, {"error": {"message": "no key"}}), errors.KeyRefused,
         r"wants a key \(no key\)\. Set it with: citehub config CITEHUB_MODEL_KEY", 1),
        ((429, {"Retry-After": "3600"}, {}), errors.BudgetUsedUp, "come back in 60 min", 1),
        ((500, {}, {"error": {"message": "no \x1b[2J"}}), errors.Unreachable, "fails with 500", 4),
        ((302, {"Location": "http://10.0.0.1/v1"}, ""), errors.BadAnswer,
         "redirects to http://10.0.0.1, which is not asked", 1),
        ((200, {}, "<html>Log in"), errors.BadAnswer, "gives a web page instead of data", 4),
        ((200, {}, '{"choices": ['), errors.BadAnswer, "cut off or damaged", 4),
        ((200, {}, {"choices": []}), errors.BadAnswer, "has no message", 1),
        ((200, {}, {"choices": [{"message": "hi"}]}), errors.BadAnswer, "has no message", 1),
        (cut, errors.Unreachable, "breaks off in the middle", 4),
        (huge, errors.BadAnswer, "more than 1 MB", 1),
    ],
)  # fmt: skip
def test_each_fault_is_told(server, step, error, said, n):
    server.plan = [step] * n
    with pytest.raises(error, match=said) as caught:
        ask(server)
    assert len(server.log) == n
    assert "\x1b" not in str(caught.value)


def test_a_server_that_says_when_is_asked_again_then(server):
    server.plan = [(429, {"Retry-After": "0"}, {"error": "slow down"})]
    assert ask(server).finish_reason == "stop"
    assert len(server.log) == 2


def test_a_drip_has_an_end(server, monkeypatch):
    monkeypatch.setattr(models, "_ANSWER_SECONDS", 0.15)
    server.plan = [drip] * 2
    with pytest.raises(errors.Unreachable, match="has not answered whole"):
        ask(server)


def test_a_model_or_address_that_is_not_there_is_told(server):
    server.plan = [(404, {}, {"error": {"message": "model not found"}})]
    with pytest.raises(errors.BadArgument, match=f"has no model 'lampp'. It has: {NAME}, moon"):
        ask(server, model="lampp")
    with pytest.raises(errors.BadArgument, match=r"usually ends in /v1: http://127\.0\.0\.1"):
        ask(server, server.at.removesuffix("/v1"))


@pytest.mark.parametrize(
    ("at", "model", "said"),
    [
        ("127.0.0.1:8080", NAME, "--at is '127.0.0.1:8080'; it must be an address such as"),
        ("https://me:hush@example.org/v1", NAME, "--at must not hold a user name or password"),
        ("http://127.0.0.1/v1", " ", "should be a name"),
        ("http://127.0.0.1/v1", "a\x1b[2J", "should be a name"),
    ],
)
def test_what_is_no_address_or_name_is_refused(at, model, said):
    with pytest.raises(errors.BadArgument, match=said) as caught:
        ModelHost(at, model)
    assert "hush" not in str(caught.value)


def test_a_key_is_sent_hidden_and_never_in_the_open(server, monkeypatch):
    monkeypatch.setenv("CITEHUB_MODEL_KEY", KEY)
    server.plan = [(500, {}, {"error": {"message": f"the key {KEY} is good"}})] * 4
    with pytest.raises(errors.Unreachable) as caught:
        ask(server)
    assert server.log[0][1]["Authorization"] == f"Bearer {KEY}"
    assert KEY not in str(caught.value)
    far = ModelHost("http://models.example.org/v1", NAME)
    assert (far.is_local, far.is_open, far.holds_back_key) == (False, True, True)
    assert not far._live.has_key(far._source)
    assert ModelHost("https://models.example.org/v1", NAME)._live.has_key(far._source)


def test_no_proxy_sees_what_goes_to_this_computer(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert ask(server).text


# -- a hub ------------------------------------------------------------------------------------


def test_each_passage_is_judged_kept_and_labelled(hub, server):
    server.plan = [lamp(second_intent="background"), lamp(intent="result", gist=None)]
    seen = []
    done = label(hub, server, confirm=lambda plan: seen.append(plan) or True)
    assert (done.version, done.n_judged, done.n_requests) == ("1.2.0", 2, 2)
    assert done.roles == {"method": 1, "result": 1}
    (plan,) = seen
    assert (plan.n_words, plan.n_judged, plan.n_asked, plan.n_requests) == (2, 0, 2, 2)
    assert (plan.n_closed, plan.is_local) == (1, True)
    bodies = [body["messages"] for _, _, body in server.log]
    assert plan.n_letters == sum(len(each["content"]) for body in bodies for each in body)
    asked = {each["id"]: each for each in (json.loads(body[1]["content"]) for body in bodies)}
    assert SAID.replace("[1]", "⟦[1]⟧") in {each["sentence"] for each in asked.values()}
    assert {each["cited_title"] for each in asked.values()} == {"The First Lantern"}
    release = citehub.load(hub)
    rows = list(release.table("citation_labels"))
    assert {(row["labeler"], row["labeler_kind"]) for row in rows} == {(NAME, "model")}
    assert {row["labeler_version"] for row in rows} == {f"{NAME}.gguf, b42"}
    assert {(row["prompt_sha256"], row["guideline"]) for row in rows} == {
        (plan.prompt_sha256, "citehub-1")
    }
    assert {row["confidence"] for row in rows} == {None}
    assert {(row["value"], row["rank"], row["confidence_level"], row["is_shown"]) for row in rows
            if row["scheme"] == "intent"} == {
        ("method", 1, "high", True), ("result", 1, "high", True),
        ("background", 2, None, False),
    }  # fmt: skip
    assert {row["subject"] for row in rows if row["scheme"] == "subject"} == {"lamp"}
    gists = {row["context_id"]: row["gist"] for row in release.table("citation_contexts")}
    assert [*filter(None, gists.values())] == ["A river study borrows its way of lighting."]
    (told,) = [
        row
        for row in release.table("evidence")
        if (row["table_name"], row["column_name"]) == ("citation_contexts", "gist")
    ]
    assert (told["source_id"], told["locator"][:6]) == ("programs", "labels")
    kept = answers(hub)
    assert [each["vote"] for each in kept] == [1, 1]
    assert kept[0]["usage"] == {"prompt_tokens": 700, "completion_tokens": 60}
    again = label(hub, server, confirm=lambda plan: plan.n_asked == 0)
    assert (again.diff, again.n_requests, again.n_judged) == (None, 0, 2)


def test_a_gist_that_repeats_the_passage_is_left_out(hub, server):
    server.plan = [
        lamp(gist="Here we used the lamp of Wick."), lamp(gist="Lamps are old. The first one was")
    ]  # fmt: skip
    label(hub, server)
    assert {row["gist"] for row in citehub.load(hub).table("citation_contexts")} == {None}


def test_a_name_of_a_model_that_is_an_answer_or_repeats_the_passage_is_left_out(hub, server):
    def named(model):
        def say(visit):
            passage = server.log[-1][2]["messages"][1]["content"]
            said = completion(json.dumps(judgement(json.loads(passage)["id"], **lamp())))
            visit.send(200, {**said, "model": model, "system_fingerprint": model})

        return say

    server.plan = [named("Here we used the lamp"), named("Lamps.are.old.The.first.one")]
    label(hub, server)
    labels = citehub.load(hub).table("citation_labels")
    assert {row["labeler_version"] for row in labels} == {"not stated by the server"}


def test_of_several_votes_all_stay_and_more_than_half_decide(hub, server):
    server.plan = [
        lamp(), lamp(intent="result", subject="oil", polarity="supporting"),
        lamp(confidence="low"), lamp(), lamp(intent="result", subject="oil"),
        lamp(intent="background", subject=None, polarity="supporting"),
    ]  # fmt: skip
    done = label(hub, server, votes=3)
    assert done.roles == {"method": 1, "unsure": 1}
    sent = [(body["temperature"], body["seed"]) for _, _, body in server.log]
    assert sent == [(0.0, 1), (0.7, 2), (0.7, 3)] * 2
    release = citehub.load(hub)
    rows = list(release.table("citation_labels"))
    assert {row["labeler_kind"] for row in rows} == {"model", "majority"}
    rows = [row for row in rows if row["rank"] != 2 and row["labeler_kind"] == "majority"]
    shown = {
        (row["scheme"], row["value"] or row["subject"], row["confidence_level"])
        for row in rows if row["is_shown"]
    }  # fmt: skip
    assert shown == {
        ("intent", "method", "low"), ("polarity", "mentioning", None), ("subject", "lamp", None),
        ("intent", "unsure", None),
    }  # fmt: skip
    assert {row["labeler"] for row in rows} == {f"majority of 3 votes by {NAME}"}
    (roles, *_) = release.label_agreement()
    assert (roles.scheme, roles.n, len(roles.labelers)) == ("intent", 2, 3)
    fewer = label(hub, server)
    assert fewer.n_requests == 0
    rows = list(citehub.load(hub).table("citation_labels"))
    assert {row["labeler"] for row in rows} == {NAME}


def test_bad_answers_leave_a_passage_open_and_the_next_run_goes_on(hub, server):
    server.plan = ["I cannot judge that.", {"intent": "\x1b[2J"}, lamp()]
    done = label(hub, server)
    (why,) = done.failed.values()
    assert "intent is '\\x1b[2J', not one of" in why
    assert (done.n_judged, done.stopped, len(answers(hub))) == (1, "", 3)
    again = label(hub, server)
    assert (again.n_judged, again.failed, again.n_requests) == (2, {}, 1)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (lambda visit: visit.send(200, completion("{", finish="length")), "greatest length"),
        (lambda visit: visit.send(200, completion(None, refusal="I won't.")), "refuses .*won"),
        (lambda visit: visit.send(200, completion("")), "it is empty"),
    ],
)
def test_an_answer_that_is_not_whole_is_asked_for_once_more(hub, server, step, said):
    server.plan = [step, step, step, lamp()]
    done = label(hub, server, limit=1)
    assert [*done.failed] == [answers(hub)[0]["context_id"]]
    assert said.split()[0] in str(done.failed)
    assert label(hub, server, limit=1).n_judged == 1
    assert [body["temperature"] for _, _, body in server.log] == [0.0, 0.7, 0.0, 0.7]


def test_failures_in_a_row_stop_the_run(hub, server, monkeypatch):
    monkeypatch.setattr("citehub.graph.model_labels._MOST_FAILURES", 2)
    server.plan = [(500, {}, {})] * 8
    with pytest.raises(errors.BadAnswer, match=r"judged nothing\. 2 passages in a row failed"):
        label(hub, server)
    assert citehub.versions(hub)[-1] == "1.1.0"
    server.plan = [lamp(), (401, {}, {})]
    done = label(hub, server)
    assert (done.n_judged, done.version) == (1, "1.2.0")
    assert "wants a key" in done.stopped


def test_what_came_before_a_stop_stays_also_half_a_line(hub, server):
    steps = []

    def interrupt(said):
        steps.append(said)
        if len(steps) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        label(hub, server, progress=interrupt)
    path = hub / "source" / "full-texts" / "model-answers.jsonl"
    assert len(answers(hub)) == 1
    with path.open("ab") as file:
        file.write(b'{"at": "20')
    server.plan = [lamp()]
    done = label(hub, server)
    assert (done.plan.n_judged, done.n_requests, done.n_judged) == (1, 1, 2)
    assert len(answers(hub)) == 2


def test_a_kept_answer_that_is_damaged_is_told_by_its_line(hub, server):
    server.plan = [lamp(), lamp()]
    label(hub, server)
    path = hub / "source" / "full-texts" / "model-answers.jsonl"
    path.write_text(path.read_text().replace('"vote": 1', '"vote": "x"', 1))
    with pytest.raises(errors.SourceError, match=r"model-answers\.jsonl, line 1: is damaged"):
        label(hub, server)


def test_rules_and_models_stand_beside_one_another_and_a_subject_may_go(hub, server):
    server.plan = [lamp(), lamp(subject="oil")]
    label_hub(hub, created=DAY)
    label(hub, server)
    label_hub(hub, created=DAY)
    held = read_program_labels(os.fspath(hub / "source"))
    assert {each["labeler_kind"] for each in held} == {"rule", "model"}
    subjects = hub / "source" / "subjects.csv"
    subjects.write_text("".join(subjects.read_text().splitlines(keepends=True)[:2]))
    from citehub.build import build_release

    built = build_release(hub, created=DAY)
    assert any("subjects.csv has no subject 'oil' (any more)" in each for each in built.notes)
    rows = citehub.load(hub).table("citation_labels")
    assert {row["subject"] for row in rows} == {None, "lamp"}


def test_no_release_and_no_file_to_publish_holds_an_answer(hub, server):
    secret = "Zephyr quartz vexing jumbo lamp."
    server.plan = [lamp(gist=secret * 9), lamp(gist=secret * 9)]
    done = label(hub, server)
    assert secret in json.dumps(answers(hub))
    for folder, _, files in os.walk(done.folder):
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                assert b"Zephyr" not in file.read()


# -- the command ------------------------------------------------------------------------------


def command(run, hub, server, *more):
    code, out, err = run("label", os.fspath(hub), "--model", NAME, "--at", server.at, *more)
    return code, " ".join(out.decode().split()), " ".join(err.split())


def test_the_command_says_first_what_it_sends_and_asks(run, hub, server):
    code, out, err = command(run, hub, server)
    assert (code, out, server.log) == (2, "", [])
    assert "2 passages, 2 with words" in err
    assert (
        "judged 0 of them before, with the same prompt. To send: 2 passages in 2 requests" in err
    )
    assert "(estimated: " in err
    assert "Nothing was sent, as nobody can be asked here. Agree with --yes." in err
    code, out, err = command(run, hub, server, "--dry-run")
    assert (code, out, server.log) == (0, "", [])
    assert citehub.versions(hub)[-1] == "1.1.0"
    server.plan = [lamp(), "nonsense \x1b[2J", "nonsense"]
    code, out, err = command(run, hub, server, "--yes")
    assert code == 3
    assert "method 1 of 1 judged" in out
    assert "stays open: The answer cannot be used: it is no JSON." in err


def test_texts_of_closed_licences_are_told_before_they_leave(run, hub):
    address = "http://models.example.org/v1"
    code, _, err = run("label", os.fspath(hub), "--model", NAME, "--at", address, "--dry-run")
    said = " ".join(err.split())
    assert code == 0
    assert "leave this computer. The texts of 1 of 2 passages have no open licence" in said
    assert "The address is plain http, so others on the way can read it." in said


def test_a_person_at_the_terminal_decides(run, hub, server, monkeypatch):
    import io

    monkeypatch.setattr("citehub._terminal.is_dialogue", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    code, _, err = command(run, hub, server)
    assert (code, server.log) == (4, [])
    assert "Nothing was sent." in err
    server.plan = [lamp(), lamp()]
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert command(run, hub, server, "--json")[0] == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--model", "x"], "--model and --at go together"),
        (["--votes", "3"], "add --model and --at"),
        (["--yes"], "add --model and --at"),
        (["--model", "x", "--at", "nonsense"], "--at is 'nonsense'; it must be an address"),
        (["--model", "x", "--at", "http://127.0.0.1:1/v1", "--votes", "0"], "votes is 0; it must"),
        (["--model", "x", "--at", "http://127.0.0.1:1/v1", "--limit", "0"], "limit is 0; it must"),
        (["--model", "x", "--at", "http://127.0.0.1:1/v1", "--yes"],
         "Nothing answers at http://127.0.0.1:1/v1. Start the server"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_told(run, hub, more, said):
    code, out, err = run("label", os.fspath(hub), *more)
    assert code in {1, 2}
    assert out == b""
    assert said in " ".join(err.split())


def test_a_hub_of_an_installed_citehub_is_not_written_into(run, monkeypatch):
    from citehub import _catalog

    place = os.path.dirname(_catalog.find_folder("mt-nlg"))
    monkeypatch.setattr("citehub.build.release.os.path.basename", lambda _path: "site-packages")
    code, _, err = run("label", place + "/mt-nlg")
    assert code == 1
    assert "--out" not in err
    assert "Use a hub folder of your own, as citehub new makes" in " ".join(err.split())
