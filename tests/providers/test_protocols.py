"""The real SDKs against the real wire formats, streaming and not, well and badly answered."""

import json
import socket
import time
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from evaluations.errors import ProviderBusy, ProviderError, ProviderFailed, ProviderRefused
from evaluations.providers import Options, Question, ask_provider
from tests.providers.conftest import KEY, PROTOCOLS
from tests.providers.server import Behaviour

CONVERSATION = [
    {"role": "system", "content": "Answer in French."},
    {"role": "user", "content": "Where is Paris?"},
    {"role": "assistant", "content": "En France."},
    {"role": "user", "content": "And Rome?"},
]
BOTH = pytest.mark.parametrize("stream", [True, False])
EACH = pytest.mark.parametrize("protocol", PROTOCOLS)
# One of each wire format.
WIRE = pytest.mark.parametrize("protocol", ["openai", "anthropic"])


def ask(connection, messages=None, **options):
    messages = messages or [{"role": "user", "content": "Capital of France?"}]
    return ask_provider(
        connection=connection, question=Question(model="m-1", messages=messages, options=Options(**options))
    )


@EACH
@BOTH
def test_whole_answer(connect, protocol, stream):
    answer = ask(connect(protocol), stream=stream)

    assert answer.text == "Paris is the capital of France."
    assert (answer.finish_reason, answer.tokens_in, answer.tokens_out) == ("stop", 12, 7)
    assert answer.answered_by.startswith("m-1") or protocol == "azure"
    assert answer.latency_ms >= 1


def test_where_and_how_each_protocol_asks(fake, connect):
    expected = {
        "openai": ("/v1/chat/completions", "authorization", f"Bearer {KEY}", "max_completion_tokens"),
        "azure": (
            "/openai/deployments/m-1/chat/completions?api-version=2024-10-21",
            "api-key",
            KEY,
            "max_completion_tokens",
        ),
        "azure-v1": ("/openai/v1/chat/completions", "api-key", KEY, "max_completion_tokens"),
        "azure-models": ("/models/chat/completions?api-version=2024-10-21", "api-key", KEY, "max_tokens"),
        "anthropic": ("/v1/messages", "x-api-key", KEY, "max_tokens"),
        "compatible": ("/v1/chat/completions", "authorization", f"Bearer {KEY}", "max_tokens"),
    }
    for protocol, (path, header, key, limit) in expected.items():
        ask(connect(protocol), max_tokens=99)
        got = fake.requests[-1]
        assert got.path == path
        assert got.headers[header] == key
        assert [value for value in got.headers.values() if KEY in value] == [key]
        assert got.body[limit] == 99
        assert got.headers["user-agent"] == "Arena"
        assert not [name for name in got.headers if name.startswith("x-stainless")]
        assert ("stream" in got.body and got.body["stream"]) is (protocol != "compatible")


def test_nothing_from_the_environment_is_sent_or_obeyed(fake, connect, monkeypatch):
    """An SDK's own variables would send another account's name, another key, or elsewhere."""
    for name in (
        "OPENAI_ORG_ID",
        "OPENAI_PROJECT_ID",
        "OPENAI_API_KEY",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
    ):
        monkeypatch.setenv(name, "from-the-environment")
    for name in ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS"):
        monkeypatch.setenv(name, "Authorization: from-the-environment\nX-Other: from-the-environment")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for protocol in PROTOCOLS:
        ask(connect(protocol))
        assert "from-the-environment" not in str(fake.requests[-1].headers)


def test_a_server_without_a_key_is_sent_none(fake, connect):
    ask(connect("compatible", key=None))

    assert not {"authorization", "api-key", "x-api-key"} & set(fake.requests[-1].headers)


@EACH
def test_conversation_and_options(fake, connect, protocol):
    ask(connect(protocol), CONVERSATION, system="Be brief.", temperature=0.2, top_p=0.9)
    body = fake.requests[-1].body
    turns = [(m["role"], m["content"]) for m in body["messages"]]

    assert (body["temperature"], body["top_p"]) == (0.2, 0.9)
    if protocol == "anthropic":
        assert body["system"] == "Be brief.\n\nAnswer in French."
        assert [role for role, _ in turns] == ["user", "assistant", "user"]
    else:
        assert turns[0] == ("system", "Be brief.")
        assert turns[1:] == [(m["role"], m["content"]) for m in CONVERSATION]


def test_nothing_is_sent_that_nobody_chose(fake, connect):
    ask(connect("openai"))

    assert set(fake.requests[-1].body) == {
        "model",
        "messages",
        "max_completion_tokens",
        "stream",
        "stream_options",
    }


def test_options_of_reasoning_models(fake, connect):
    ask(connect("compatible"), limit_field="max_completion_tokens", reasoning_effort="low", max_tokens=50)
    body = fake.requests[-1].body

    assert body["max_completion_tokens"] == 50
    assert body["reasoning_effort"] == "low"
    assert "max_tokens" not in body


def test_effort_goes_where_each_protocol_wants_it(fake, connect):
    ask(connect("anthropic"), reasoning_effort="low")
    ask(connect("openai"), reasoning_effort="low")

    assert fake.requests[0].body["output_config"] == {"effort": "low"}
    assert fake.requests[1].body["reasoning_effort"] == "low"


@EACH
@BOTH
def test_answer_cut_at_its_limit_is_kept_as_such(fake, connect, protocol, stream):
    fake.script(Behaviour(finish="length"))

    assert ask(connect(protocol), stream=stream).finish_reason == "length"


@EACH
@BOTH
def test_answer_without_counts(fake, connect, protocol, stream):
    if protocol == "anthropic":
        pytest.skip("its answers always have counts")
    fake.script(Behaviour(tokens=None))
    answer = ask(connect(protocol), stream=stream)

    assert (answer.tokens_in, answer.tokens_out) == (None, None)


@EACH
@BOTH
@pytest.mark.parametrize("cut", [3, 60])
def test_half_an_answer_is_none(fake, connect, protocol, stream, cut):
    """The connection breaks in the middle, of the stream or of the JSON."""
    fake.script(Behaviour(cut=cut if not stream else min(cut, 4)))
    with pytest.raises(ProviderFailed) as failure:
        ask(connect(protocol), stream=stream)

    assert failure.value.code == "half"
    assert failure.value.billed


@EACH
def test_stream_that_ends_well_without_saying_how_it_finished(fake, connect, protocol):
    fake.script(Behaviour(finish=None))
    with pytest.raises(ProviderFailed) as failure:
        ask(connect(protocol), stream=True)

    assert failure.value.code == "half"


BROKEN = [
    Behaviour(body=b"{not json"),
    Behaviour(body=b"null"),
    Behaviour(body=b"[]"),
    Behaviour(body=b'"text"'),
    Behaviour(body=b'{"choices": [], "content": null}'),
    Behaviour(body=b'{"choices": [{"message": 7}], "content": [7]}'),
    Behaviour(body=b"<html>Welcome</html>", content_type="text/html"),
    Behaviour(body=b"\xff\xfe\x00", content_type="application/octet-stream"),
]


@WIRE
@pytest.mark.parametrize("place", range(len(BROKEN)))
def test_garbage_is_no_answer(fake, connect, protocol, place):
    fake.script(BROKEN[place])
    with pytest.raises(ProviderFailed) as failure:
        ask(connect(protocol), stream=False)

    assert failure.value.code in {"broken", "half"}


@WIRE
@BOTH
def test_retry_after_in_seconds_and_as_a_date(fake, connect, protocol, stream):
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    for status, header, low, high in [(429, "7", 7, 7), (503, date, 80, 91), (529, "999999", 3600, 3600)]:
        error = {"message": "slow down", "type": "rate_limit_error"}
        fake.script(Behaviour(status=status, headers={"retry-after": header}, error=error))
        with pytest.raises(ProviderBusy) as failure:
            ask(connect(protocol), stream=stream)
        assert low <= failure.value.retry_after <= high
    for header in ("soon", "", "nan", "-5"):
        fake.script(Behaviour(status=429, headers={"retry-after": header}))
        with pytest.raises(ProviderBusy) as failure:
            ask(connect(protocol), stream=stream)
        assert failure.value.retry_after in (None, 0)


def test_account_without_credit_is_no_matter_of_waiting(fake, connect):
    fake.script(
        Behaviour(status=429, error={"message": "You exceeded your quota", "code": "insufficient_quota"})
    )
    with pytest.raises(ProviderRefused) as failure:
        ask(connect("openai"))

    assert failure.value.code == "quota"


@WIRE
def test_asked_once_whatever_happens(fake, connect, protocol):
    """We decide when to ask again, not the SDK."""
    for status in (408, 409, 429, 500, 502, 529):
        fake.script(Behaviour(status=status))
        with pytest.raises(ProviderError):
            ask(connect(protocol))
    assert len(fake.requests) == 6


@WIRE
@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (500, ProviderFailed, "failed"),
        (502, ProviderFailed, "failed"),
        (408, ProviderFailed, "failed"),
        (400, ProviderRefused, "refused"),
        (401, ProviderRefused, "key"),
        (403, ProviderRefused, "permission"),
        (404, ProviderRefused, "unknown_model"),
        (422, ProviderRefused, "refused"),
    ],
)
def test_statuses(fake, connect, protocol, status, kind, code):
    fake.script(Behaviour(status=status, error={"message": "No such model: m-1", "type": "not_found_error"}))
    with pytest.raises(kind) as failure:
        ask(connect(protocol))

    assert failure.value.code == code
    assert not failure.value.billed


@WIRE
def test_error_within_a_stream(fake, connect, protocol):
    fake.script(Behaviour(stream_error={"type": "overloaded_error", "message": "Overloaded"}))
    with pytest.raises(ProviderBusy):
        ask(connect(protocol), stream=True)
    fake.script(Behaviour(stream_error={"type": "server_error", "message": "Something broke"}))
    with pytest.raises(ProviderFailed) as failure:
        ask(connect(protocol), stream=True)
    assert "Something broke" in str(failure.value)
    assert failure.value.billed


def test_azure_says_which_filter(fake, connect):
    result = {
        "hate": {"filtered": True, "severity": "high"},
        "violence": {"filtered": False, "severity": "safe"},
    }
    error = {"code": "content_filter", "message": "filtered", "innererror": {"content_filter_result": result}}
    fake.script(Behaviour(status=400, error=error))
    with pytest.raises(ProviderRefused) as failure:
        ask(connect("azure"))

    assert failure.value.code == "filtered"
    assert failure.value.said == "hate (high)"


@BOTH
@pytest.mark.parametrize(("protocol", "finish"), [("openai", "content_filter"), ("anthropic", "refusal")])
def test_answer_stopped_by_a_filter_is_none(fake, connect, protocol, finish, stream):
    fake.script(Behaviour(finish=finish, text="I was about"))
    with pytest.raises(ProviderRefused) as failure:
        ask(connect(protocol), stream=stream)

    assert failure.value.code == "filtered"


@EACH
@BOTH
def test_server_that_never_answers(fake, connect, protocol, stream):
    fake.script(Behaviour(wait=5))
    start = time.monotonic()
    with pytest.raises(ProviderFailed) as failure:
        ask(connect(protocol, timeout=0.4), stream=stream)

    assert failure.value.code == "timeout"
    assert time.monotonic() - start < 4


@WIRE
@BOTH
def test_slow_drip_ends_at_the_deadline(fake, connect, protocol, stream):
    """Each byte comes well within the time-out of a read; all of them do not."""
    fake.script(Behaviour(drip=0.05, text="word " * 200))
    start = time.monotonic()
    with pytest.raises(ProviderFailed) as failure:
        ask(connect(protocol, timeout=0.6), stream=stream)

    assert failure.value.code == "timeout"
    assert time.monotonic() - start < 4


@WIRE
def test_huge_body_is_not_read_to_its_end(fake, connect, protocol):
    fake.script(Behaviour(text="x" * 17_000_000))
    with pytest.raises(ProviderFailed) as failure:
        ask(connect(protocol), stream=False)

    assert failure.value.code == "large"


@WIRE
def test_compressed_body_is_not_unpacked(fake, connect, protocol):
    fake.script(Behaviour(headers={"content-encoding": "gzip"}))
    with pytest.raises(ProviderFailed):
        ask(connect(protocol), stream=False)
    assert fake.requests[-1].headers["accept-encoding"] == "identity"


def test_nobody_listens(connect):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        host = f"127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(ProviderFailed) as failure:
        ask(connect("openai", base_url=f"http://{host}/v1", allowed_hosts=(host,)))

    assert failure.value.code == "connection"
    assert not failure.value.billed


@WIRE
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_key_and_address_are_in_no_error(fake, connect, protocol, status, caplog):
    """Providers echo them. The SDKs' errors hold the request; ours hold nothing of it."""
    caplog.set_level("DEBUG")
    message = f"Incorrect API key provided: {KEY}, at {fake.url}/v1?token=abc"
    fake.script(Behaviour(status=status, error={"message": message, "type": "error", "code": "x"}))
    with pytest.raises(ProviderError) as failure:
        ask(connect(protocol))
    error = failure.value
    shown = "".join(traceback.format_exception(error)) + repr(vars(error)) + caplog.text

    assert KEY not in shown
    assert fake.host not in str(error) + error.said
    assert error.__cause__ is None
    assert error.__context__ is None


def test_nul_and_lone_surrogates_in_answers(fake, connect):
    whole = {"choices": [{"index": 0, "message": {"content": "a\0b"}, "finish_reason": "stop"}], "model": "m"}
    fake.script(Behaviour(body=json.dumps(whole).encode()))

    assert ask(connect("compatible")).text == "a\0b"
