"""A provider on loopback that speaks the real wire formats: OpenAI's chat completions, Azure's, Anthropic's messages.

What it does next is scripted: `server.script(Behaviour(…), …)`; when the script is over it answers well. It keeps the
requests that came, with their headers, so that tests see what was really sent.
"""

import json
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """How one request is answered. `cut` is where the bytes stop, `drip` the pause before each piece."""

    status: int = 200
    text: str = "Paris is the capital of France."
    finish: str | None = "stop"
    tokens: tuple[int, int] | None = (12, 7)
    headers: dict[str, str] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    body: bytes | None = None
    content_type: str | None = None
    cut: int | None = None
    drip: float = 0.0
    wait: float = 0.0
    stream_error: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Received:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class FakeProvider:
    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.behaviours: deque[Behaviour] = deque()
        self.default = Behaviour()
        self.now_running = self.most_running = 0
        self.lock = threading.Lock()
        self.closing = threading.Event()
        provider = self

        class Handler(_Handler):
            fake = provider

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http://{self.host}"

    def script(self, *behaviours: Behaviour) -> None:
        self.behaviours.extend(behaviours)


@contextmanager
def run_fake_provider():
    fake = FakeProvider()
    thread = threading.Thread(target=fake.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.set()
        fake.server.shutdown()
        thread.join()
        fake.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeProvider

    def log_message(self, *arguments: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.fake.lock:
            self.fake.requests.append(Received(path=self.path, headers=headers, body=body))
            behaviour = self.fake.behaviours.popleft() if self.fake.behaviours else self.fake.default
            self.fake.now_running += 1
            self.fake.most_running = max(self.fake.most_running, self.fake.now_running)
        try:
            self._answer(body, behaviour)
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            self.close_connection = True
            with self.fake.lock:
                self.fake.now_running -= 1

    def _answer(self, body: dict[str, Any], behaviour: Behaviour) -> None:
        if behaviour.wait:
            self.fake.closing.wait(behaviour.wait)
        anthropic = self.path.endswith("/v1/messages")
        if behaviour.status != 200:
            return self._send(behaviour, _error_body(behaviour, anthropic=anthropic))
        if body.get("stream"):
            pieces = _stream_anthropic(body, behaviour) if anthropic else _stream_openai(body, behaviour)
            return self._stream(behaviour, pieces)
        whole = _answer_anthropic(body, behaviour) if anthropic else _answer_openai(body, behaviour)
        return self._send(behaviour, json.dumps(whole).encode())

    def _send(self, behaviour: Behaviour, data: bytes) -> None:
        data = behaviour.body if behaviour.body is not None else data
        self.send_response(behaviour.status)
        self.send_header("content-type", behaviour.content_type or "application/json")
        self.send_header("content-length", str(len(data)))
        for name, value in behaviour.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self._write(data if behaviour.cut is None else data[: behaviour.cut], behaviour)

    def _stream(self, behaviour: Behaviour, pieces: list[bytes]) -> None:
        """Chunked, as they all do; cut after so many pieces, without the chunk that ends it."""
        self.send_response(200)
        self.send_header("content-type", behaviour.content_type or "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        for name, value in behaviour.headers.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in pieces if behaviour.cut is None else pieces[: behaviour.cut]:
            if behaviour.drip:
                time.sleep(behaviour.drip)
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.flush()
        if behaviour.cut is None:
            self.wfile.write(b"0\r\n\r\n")

    def _write(self, data: bytes, behaviour: Behaviour) -> None:
        if not behaviour.drip:
            self.wfile.write(data)
            return
        for byte in data:
            time.sleep(behaviour.drip)
            self.wfile.write(bytes([byte]))
            self.wfile.flush()


def _error_body(behaviour: Behaviour, *, anthropic: bool) -> bytes:
    error = behaviour.error or {"message": "It went wrong.", "type": "error", "code": None}
    return json.dumps({"type": "error", "error": error} if anthropic else {"error": error}).encode()


def _answer_openai(body: dict[str, Any], behaviour: Behaviour) -> dict[str, Any]:
    usage = _usage(behaviour)
    message = {"role": "assistant", "content": behaviour.text, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": behaviour.finish, "logprobs": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": f"{body['model']}-2026-01-01" if "model" in body else "deployed",
        "choices": [choice],
        **({"usage": usage} if usage else {}),
    }


def _usage(behaviour: Behaviour) -> dict[str, int] | None:
    if behaviour.tokens is None:
        return None
    given, made = behaviour.tokens
    return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}


def _stream_openai(body: dict[str, Any], behaviour: Behaviour) -> list[bytes]:
    def chunk(choices: list[Any], **more: Any) -> bytes:
        model = f"{body['model']}-2026-01-01" if "model" in body else "deployed"
        data = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model}
        return f"data: {json.dumps({**data, 'choices': choices, **more})}\n\n".encode()

    def choice(delta: dict[str, Any], finish: str | None = None) -> list[Any]:
        return [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]

    pieces = [chunk([], prompt_filter_results=[])]  # Azure's first one
    pieces.append(chunk(choice({"role": "assistant", "content": ""})))
    pieces += [chunk(choice({"content": word})) for word in _split(behaviour.text)]
    if behaviour.stream_error:
        return [*pieces, f"data: {json.dumps({'error': behaviour.stream_error})}\n\n".encode()]
    if behaviour.finish:
        pieces.append(chunk(choice({}, behaviour.finish)))
    if behaviour.tokens and body.get("stream_options", {}).get("include_usage"):
        pieces.append(chunk([], usage=_usage(behaviour)))
    return [*pieces, b"data: [DONE]\n\n"]


def _answer_anthropic(body: dict[str, Any], behaviour: Behaviour) -> dict[str, Any]:
    given, made = behaviour.tokens or (0, 0)
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": f"{body['model']}-20260101",
        "content": [{"type": "text", "text": behaviour.text}],
        "stop_reason": {"stop": "end_turn", "length": "max_tokens"}.get(
            behaviour.finish or "", behaviour.finish
        ),
        "stop_sequence": None,
        "usage": {"input_tokens": given, "output_tokens": made},
    }


def _stream_anthropic(body: dict[str, Any], behaviour: Behaviour) -> list[bytes]:
    def event(kind: str, **data: Any) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()

    whole = _answer_anthropic(body, behaviour)
    start = {**whole, "content": [], "stop_reason": None, "usage": {**whole["usage"], "output_tokens": 1}}
    pieces = [event("message_start", message=start)]
    pieces.append(event("content_block_start", index=0, content_block={"type": "text", "text": ""}))
    pieces.append(event("ping"))
    pieces += [
        event("content_block_delta", index=0, delta={"type": "text_delta", "text": word})
        for word in _split(behaviour.text)
    ]
    if behaviour.stream_error:
        return [*pieces, event("error", error=behaviour.stream_error)]
    pieces.append(event("content_block_stop", index=0))
    if behaviour.finish:
        delta = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
        usage = {"output_tokens": whole["usage"]["output_tokens"]}
        pieces += [event("message_delta", delta=delta, usage=usage), event("message_stop")]
    return pieces


def _split(text: str) -> list[str]:
    words = text.split(" ")
    return [word if place == len(words) - 1 else f"{word} " for place, word in enumerate(words)]
