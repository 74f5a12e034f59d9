"""A model that names itself or its maker is found and masked; one that talks about products is left alone."""

import gc
import json
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.errors import IngestError
from evaluations.ingest.identification_rules import OWN_NAME
from evaluations.ingest.self_identification import find_self_identification, load_rules, mask_matches

RULES = load_rules()


def find(text, *names):
    return find_self_identification(text=text, rules=RULES, names=names)


def mask(text, *names):
    return mask_matches(text=text, matches=find(text, *names))


@pytest.mark.parametrize(
    "text",
    [
        "As ChatGPT, I can't do that.",
        "As **ChatGPT** I think so.",
        "Hello. I'm Claude, made by Anthropic.",
        "I’m *Claude*.",
        "I am\nClaude",
        "I'm an AI assistant made by the team at Meta AI.",
        "As an AI language model developed by OpenAI, I can't.",
        "as an AI language model developed by a firm in Paris",
        "I am a large language model, trained by Google.",
        "I'm DeepSeek-V3, an AI assistant created exclusively by DeepSeek.",
        "I am not ChatGPT.",
        "My name is Bing.",
        "As GPT-4o, I have no opinion.",
        "OpenAI created me in 2022.",
        "That was part of my training at OpenAI.",
        "As an AI assistant named Copilot, I can help.",
        "En tant que modèle développé par Mistral AI, je",
        "En tant que grand modèle de langage entraîné par Google, je",
        "En tant qu’assistant développé par Microsoft,",
        "En tant qu'IA développée par Anthropic, je",
        "En tant que GPT-4, je ne peux pas.",
        "Bonjour, je suis ChatGPT.",
        "Je m’appelle Le Chat.",
        "J’ai été créé par l’équipe d’OpenAI.",
        "Je suis un modèle de langage développé par Mistral AI.",
        "Mes créateurs chez Anthropic",
    ],
)
def test_found_and_masked(text):
    matches = find(text)
    assert matches
    assert all(
        text[match.start : match.end][:200] == match.says and match.says in match.excerpt for match in matches
    )
    masked = mask(text)
    assert "[…]" in masked
    assert find(masked) == []


@pytest.mark.parametrize(
    "text",
    [
        "Compare ChatGPT and Claude: both are good, says OpenAI.",
        "ChatGPT was developed by OpenAI in 2022.",
        "GPT-4 is a language model developed by OpenAI.",
        "Chatbots such as ChatGPT, Claude and Gemini.",
        "Tools such as ChatGPT I never use.",
        "I use Google as a search engine.",
        "As an AI language model, I can't.",
        "As an engineer, I was hired by Google.",
        "I am a Gemini born in June.",
        "Claude Monet a peint la mer.",
        "Le chat est sur le tapis, je suis content.",
        "Je suis allé chez Google.",
        "Climbing in the metadata of a philosophy.",
        "As metals, I like iron. I am claudexy.",
        "Les modèles développés par Mistral AI, dont Le Chat, sont connus.",
    ],
)
def test_talk_about_products_is_left_alone(text):
    assert find(text) == []
    assert mask(text) == text


def test_its_own_name_anywhere_is_a_weaker_rule():
    text = "Boreal 2 does this well. So does boreal 2.1, and ChatGPT."
    assert [(match.rule, match.says) for match in find(text, "Boreal 2")] == [(OWN_NAME, "Boreal 2")]
    assert mask(text, "Boreal 2") == "[…] does this well. So does […], and ChatGPT."


def test_names_of_the_family_are_its_own():
    text = "Ask Anthropic, or OpenAI."
    assert [match.says for match in find(text, "claude-opus-4")] == ["Anthropic"]
    assert mask(text, "claude-opus-4") == "Ask […], or OpenAI."


def test_ordinary_word_is_no_name_of_its_own():
    assert find("A llama has wool; metadata has none.", "Llama 3", "Meta") == []
    assert [match.says for match in find("Llama has wool.", "Llama 3", "Meta")] == ["Llama"]


def test_every_name_of_the_author_is_masked_everywhere():
    text = "I'm Claude. claude and ANTHROPIC agree; Claude 3.5's answer is on anthropic.com."
    assert mask(text) == "I'm […]. […] and […] agree; […]'s answer is on […].com."


def test_same_words_twice_are_one_match():
    assert len(find("I'm Claude. I'm Claude. I'm Claude.")) == 1


def test_excerpt_is_short_and_around_the_words():
    match = find("word " * 100 + "I'm Claude. " + "word " * 100)[0]
    assert match.says == "I'm Claude"
    assert match.excerpt.startswith("…")
    assert match.excerpt.endswith("…")
    assert len(match.excerpt) < 150


PIECES = (
    "I'm|I am|as|As|an|AI|ai|language model|large|assistant|developed|trained|made|by|the team|at|of|OpenAI|ChatGPT",
    "Claude|claude 3|Mistral|Mistral AI|Le Chat|Meta AI|Meta Llama|Google|Boreal|boreal-2|my|training|name is|me|x",
    "En tant que|en tant qu'|je suis|un|modèle|modèle de langage|développé|entraîné|par|l'équipe|d'|j’ai été|créé",
    "such|.|,|!|\n|**|*|\"|«|»|(|)|-|İ|ß|\ue000|\ue002|é|[…]|…|not|ne|pas|mes créateurs|m'a",
)
pieces = st.sampled_from([piece for line in PIECES for piece in line.split("|")])
joints = st.sampled_from([" ", " ", " ", "", "\n", "\u202f"])
texts = st.lists(st.tuples(pieces, joints), max_size=40).map(lambda parts: "".join(a + b for a, b in parts))


@given(
    texts | st.text(max_size=200), st.sampled_from([(), ("Boreal",), ("boreal-2", "Mistral AI"), ("Meta",)])
)
@settings(max_examples=1_500, deadline=None)
def test_masked_text_has_no_match_any_more(text, names):
    masked = mask(text, *names)
    assert find(masked, *names) == []
    assert mask(masked, *names) == masked


@given(texts)
@settings(max_examples=300, deadline=None)
def test_places_are_those_of_the_text(text):
    for match in find(text, "Boreal"):
        assert 0 <= match.start < match.end <= len(text)
        assert text[match.start : match.end].startswith(match.says)


@pytest.mark.parametrize(
    "part",
    [
        "I am I am Claude ",
        "claude ",
        "as as as as as chatgpt ",
        "i am a a a a a claude",
        "my training at ",
        "*",
        "i am      ",
        "\ue000",
        "en tant que modèle développé par ",
        "i am claude a b c developed by openai ",
        "as an ai language model developed by ",
        "as an ai ai ai made by the team at ",
        "İ",
        "x",
    ],
)
def test_the_time_it_takes_grows_with_the_hostile_text_and_no_faster(part):
    """A hundred times the text: linear is a hundred times, a search that reads again what it read ten thousand."""
    short, long = (measure_time(part * (size // len(part))) for size in (10_000, 1_000_000))
    assert long < 1_000 * max(short, 0.005)


def measure_time(text):
    """Processor seconds, without the collector, whose work grows with what other tests have left in memory."""
    gc.disable()
    begun = time.process_time()
    try:
        find(text, "Alpha")
        return time.process_time() - begun
    finally:
        gc.enable()


GOOD = {"id": "x", "phrases": ["i am {model}"]}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([], "must have “families” and “rules”"),
        ({"families": [], "rules": [], "more": []}, "nothing else"),
        ({"families": {}, "rules": []}, "“families”"),
        ({"families": [{"models": ["A"]}], "rules": []}, "“makers”"),
        ({"families": [{"models": "A", "makers": []}], "rules": []}, "“models”"),
        ({"families": [], "rules": [GOOD, GOOD]}, "Two rules are called “x”"),
        ({"families": [], "rules": [{**GOOD, "odd": 1}]}, "known keys"),
        ({"families": [], "rules": [{**GOOD, "phrases": ["i am {robot}"]}]}, "a name in each phrase"),
        ({"families": [], "rules": [{**GOOD, "phrases": ["i am {model} {robot}"]}]}, "“{robot}”"),
        ({"families": [], "rules": [{**GOOD, "phrases": ["(i am {model}"]}]}, "“(”"),
        ({"families": [], "rules": [{**GOOD, "phrases": ["[i] am {model}"]}]}, "“[i]”"),
        ({"families": [], "rules": [{**GOOD, "phrases": ["{model} am [i]"]}]}, "“[i]”"),
        ({"families": [], "rules": [{**GOOD, "phrases": ["(a||b) {model}"]}]}, "“(a||b)”"),
        ({"families": [], "rules": [{**GOOD, "phrases": ["i am"]}]}, "words that it needs"),
        ({"families": [], "rules": [{**GOOD, "needs": ["am"]}]}, "words that it needs"),
        ({"families": [], "rules": [{**GOOD, "phrases": ["a+ {model} .*"]}]}, "“"),
    ],
)
def test_rules_are_checked_as_they_are_read(tmp_path, data, says):
    path = tmp_path / "rules.json"
    path.write_text(json.dumps(data))
    with pytest.raises(IngestError, match=re.escape(says)):
        load_rules(path)


def test_rules_of_ones_own(tmp_path):
    path = tmp_path / "rules.json"
    data = {"families": [{"models": ["Zed"], "makers": ["Zed Works"]}], "rules": [GOOD]}
    path.write_text(json.dumps(data))
    rules = load_rules(path)
    found = find_self_identification(text="I am Zed.", rules=rules, names=())
    assert [(match.rule, match.says) for match in found] == [("x", "I am Zed")]
    path.write_text("{")
    with pytest.raises(IngestError, match="JSON"):
        load_rules(path)
