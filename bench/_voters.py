"""Raters at their browsers, for a load: one process, one keep-alive connection a rater, as little Python as will do."""

import re
import selectors
import socket
import time
import zlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

FORM = re.compile(rb'action="(/[^"]*battles/([^/"]+)/vote/)"')
CSRF_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
CSRF_COOKIE = re.compile(rb"set-cookie: *(csrftoken=[^;]+)", re.IGNORECASE)
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
OUTCOMES = ("left", "right", "tie", "both_bad")
READ_BYTES = 1 << 18


@dataclass(kw_only=True)
class Voter:
    """One rater's browser: its cookies, its connection, the form on its screen."""

    cookies: str
    connection: socket.socket
    address: str = ""
    token: str = ""
    csrf_token: str = ""
    received: bytearray = field(default_factory=bytearray)
    # When the votes that are due were due; the first one is on its way.
    due: deque[float] = field(default_factory=deque)
    votes: int = 0


@dataclass(kw_only=True)
class Load:
    """What became of the votes: seconds from due to the whole next pair, tokens voted on, errors, bytes of answers."""

    seconds: list[float] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bytes_received: int = 0
    lasted: float = 0.0
    processor_seconds: float = 0.0


class Voters:
    """All raters of a load. `origin` is (host, port), `page` the path of the rating page."""

    def __init__(self, *, origin: tuple[str, int], page: str, cookies: Sequence[str]) -> None:
        self.page, self.host = page, "{}:{}".format(*origin)
        self.selector = selectors.DefaultSelector()
        self.voters = []
        for words in cookies:
            connection = socket.create_connection(origin)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            voter = Voter(cookies=words, connection=connection)
            self.selector.register(connection, selectors.EVENT_READ, voter)
            self.voters.append(voter)

    def open_pages(self) -> None:
        """Each rater opens the rating page, one after the other. Raises SystemExit where one gets no form."""
        for voter in self.voters:
            voter.connection.sendall(self._write_head(voter, f"GET {self.page}") + b"\r\n")
            answer = None
            while answer is None:
                answer = self._receive(voter)
            if not self._read_form(voter, *answer):
                raise SystemExit(f"The rating page shows no form: {answer[0].splitlines()[0]!r}")

    def vote(self, *, due: Sequence[float]) -> Load:
        """Vote at these seconds from now, raters in turn, whether or not earlier answers came: an open loop."""
        load, start, processor = Load(), time.perf_counter(), time.process_time()
        waiting, sent = len(due), 0
        while waiting:
            now = time.perf_counter() - start
            while sent < len(due) and due[sent] <= now:
                self._take_turn(self.voters[sent % len(self.voters)], due[sent])
                sent += 1
            pause = max(0.0, due[sent] - (time.perf_counter() - start)) if sent < len(due) else 5.0
            ready = self.selector.select(pause)
            if not ready and sent == len(due):
                load.errors += ["no answer within 5 s"] * waiting
                break
            for key, _events in ready:
                if (answer := self._receive(key.data)) is not None:
                    self._note(load, key.data, answer, time.perf_counter() - start)
                    waiting -= 1
        load.lasted = time.perf_counter() - start
        load.processor_seconds = time.process_time() - processor
        return load

    def _take_turn(self, voter: Voter, due: float) -> None:
        """Vote, or as soon as the pair that is on its way is there."""
        voter.due.append(due)
        if len(voter.due) == 1:
            self._send_vote(voter)

    def _send_vote(self, voter: Voter) -> None:
        said = {
            "csrfmiddlewaretoken": voter.csrf_token,
            "revision": 0,
            "active_ms": 20_000,
            "skip_reason": "",
        }
        outcome = OUTCOMES[voter.votes % len(OUTCOMES)]
        body = urlencode({**said, "comment": "", "outcome": outcome}).encode()
        head = self._write_head(voter, f"POST {voter.address}")
        head += b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n" % len(body)
        head += f"HX-Request: true\r\nHX-Target: stage\r\nHX-Current-URL: http://{self.host}{self.page}\r\n".encode()
        voter.connection.sendall(head + f"Origin: http://{self.host}\r\n\r\n".encode() + body)

    def _write_head(self, voter: Voter, request: str) -> bytes:
        return (
            f"{request} HTTP/1.1\r\nHost: {self.host}\r\nCookie: {voter.cookies}\r\nAccept: */*\r\n"
            f"Accept-Encoding: gzip\r\nAccept-Language: en\r\nReferer: http://{self.host}{self.page}\r\n"
        ).encode()

    def _receive(self, voter: Voter) -> tuple[bytes, bytes] | None:
        """Head and body of the answer, once all of it is here."""
        voter.received += voter.connection.recv(READ_BYTES)
        end = voter.received.find(b"\r\n\r\n") + 4
        if end < 4:
            return None
        head = bytes(voter.received[:end])
        length = LENGTH.search(head)
        if length is None or len(voter.received) < end + int(length[1]):
            return None
        body = bytes(voter.received[end:])
        voter.received.clear()
        return head, body

    def _read_form(self, voter: Voter, head: bytes, body: bytes) -> bool:
        """Keep what the next vote needs: where it goes and its tokens. Whether there is a form."""
        if b"content-encoding: gzip" in head.lower():
            body = zlib.decompress(body, wbits=31)
        form, csrf_token, cookie = FORM.search(body), CSRF_TOKEN.search(body), CSRF_COOKIE.search(head)
        if form is None or csrf_token is None:
            return False
        voter.address, voter.token, voter.csrf_token = (
            form[1].decode(),
            form[2].decode(),
            csrf_token[1].decode(),
        )
        if cookie is not None:
            voter.cookies = f"{voter.cookies.split('; csrftoken=')[0]}; {cookie[1].decode()}"
        return True

    def _note(self, load: Load, voter: Voter, answer: tuple[bytes, bytes], now: float) -> None:
        head, body = answer
        load.seconds.append(now - voter.due.popleft())
        load.bytes_received += len(head) + len(body)
        voted, voter.votes = voter.token, voter.votes + 1
        if head.startswith(b"HTTP/1.1 200") and self._read_form(voter, head, body) and voter.token != voted:
            load.tokens.append(voted)
        else:
            load.errors.append(head.splitlines()[0].decode())
        if voter.due:
            self._send_vote(voter)
