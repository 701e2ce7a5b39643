"""Who may ask the server: programs of this machine and pages of its own, under its own name; and how much, how slowly."""

from __future__ import annotations

import http.client
import socket
import time
from urllib.parse import urlsplit

import pytest

from kgtool.web import admission, connection


def ask(site: str, path: str = "/about", method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    """An answer, to a request with just these headers; underscores stand for hyphens."""
    asking = http.client.HTTPConnection(urlsplit(site).netloc, timeout=20)
    asking.putrequest(method, path, skip_host="host" in {name.lower() for name in headers}, skip_accept_encoding=True)
    for name, value in headers.items():
        asking.putheader(name.replace("_", "-"), value)
    asking.endheaders()
    answer = asking.getresponse()
    answer.text = answer.read().decode()
    asking.close()
    return answer


def say(site: str, raw: bytes, wait: float = 20) -> bytes:
    """All that is answered to these bytes until the server ends the connection."""
    with socket.create_connection((urlsplit(site).hostname, urlsplit(site).port), timeout=wait) as spoken:
        spoken.sendall(raw)
        pieces = []
        while piece := spoken.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "[::1]:8080"])
def test_it_answers_to_its_own_names(site, host):
    assert ask(site, Host=host).status == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "localhost:x",
                                  "evil.example:localhost", "localhost@evil.example", "2130706433"])
def test_it_answers_to_no_other_name(site, host):
    answer = ask(site, Host=host)
    assert (answer.status, "does not answer to that name" in answer.text) == (421, True)


def test_it_answers_to_no_name_at_all_and_to_no_two(site):
    assert say(site, b"GET /about HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 421 ")
    twice = b"GET /about HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    assert say(site, twice).startswith(b"HTTP/1.1 421 ")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://localhost.evil.example", "http://localhost:1"])
def test_a_page_of_another_site_may_not_ask(site, method, origin):
    assert ask(site, method=method, Host="localhost", Origin=origin, Content_Length="0").status == 403


@pytest.mark.parametrize("mode", [
    {"Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"}, {"Sec_Fetch_Mode": "cors", "Sec_Fetch_Dest": "empty"},
    {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}, {},
])
@pytest.mark.parametrize("site_said", ["cross-site", "same-site"])
def test_an_image_a_script_or_a_frame_of_another_site_may_not_ask(site, site_said, mode):
    assert ask(site, "/sparql?query=ASK{}", Sec_Fetch_Site=site_said, **mode).status == 403


def test_a_form_of_another_site_may_not_be_sent(site):
    navigation = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document", "Sec_Fetch_Site": "cross-site"}
    assert ask(site, "/sparql", "POST", Content_Length="0", **navigation).status == 403


def test_a_link_of_another_site_may_be_followed(site):
    navigation = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document", "Sec_Fetch_Site": "cross-site"}
    assert ask(site, **navigation).status == 200


def test_its_own_pages_may_ask(site):
    assert ask(site, Origin=site, Sec_Fetch_Site="same-origin").status == 200


@pytest.mark.parametrize("path", ["/about", "/nothing", "/static/nothing.css"])
def test_every_answer_carries_the_headers(site, path):
    answer = ask(site, path)
    assert {name: answer.getheader(name) for name in admission.HEADERS} == admission.HEADERS
    assert answer.getheader("access-control-allow-origin") is None


@pytest.mark.parametrize("path", [
    "/../../etc/passwd", "/static/../../../../etc/passwd", "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2f..%2fetc/passwd", "/static/%00", "/%00", "/static//etc/passwd",
])
def test_no_path_leads_out(site, path):
    answer = ask(site, path)
    assert (answer.status in (400, 404), "root:" in answer.text) == (True, False)


# How much, how slowly

def test_headers_are_limited(site):
    head = b"GET /about HTTP/1.1\r\nHost: localhost\r\n"
    assert say(site, head + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + b"\r\n").startswith(b"HTTP/1.1 431 ")
    assert say(site, head + b"X: " + b"y" * 200_000 + b"\r\n").startswith(b"HTTP/1.1 431 ")
    assert say(site, b"GET /" + b"y" * 80_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n").startswith(b"HTTP/1.1 414 ")


@pytest.mark.parametrize("raw", [b"\x16\x03\x01 hello\r\n\r\n", b"GET\r\n\r\n", b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                 b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                                 b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"])
def test_what_is_not_http_is_refused(site, raw):
    assert say(site, raw).startswith(b"HTTP/1.1 400 ")


def test_three_hundred_connections_that_say_nothing_are_in_nobodys_way(site):
    where = (urlsplit(site).hostname, urlsplit(site).port)
    silent = [socket.create_connection(where) for _ in range(300)]
    for half in silent[::2]:
        half.sendall(b"GET /about HTTP/1.1\r\nHo")
    began = time.monotonic()
    assert ask(site).status == 200
    assert time.monotonic() - began < 5
    for half in silent:
        half.close()


def test_a_client_that_will_say_no_more_is_answered(site):
    with socket.create_connection((urlsplit(site).hostname, urlsplit(site).port), timeout=20) as half:
        half.sendall(b"GET /about HTTP/1.1\r\nHost: localhost\r\n\r\n")
        half.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: half.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ") and b"\r\nconnection: close\r\n" in answer and answer.rstrip().endswith(b"</html>")


def test_a_client_that_never_ends_its_request_is_sent_away(site):
    with socket.create_connection((urlsplit(site).hostname, urlsplit(site).port)) as slow:
        slow.settimeout(connection.SECONDS_TO_ASK + 10)
        slow.sendall(b"GET /about HTTP/1.1\r\nHost: localhost\r\n")
        assert slow.recv(65536).startswith(b"HTTP/1.1 408 ")
