"""What goes over the line to a receiver, and what comes of every way to answer."""

import json
import os
import socket
import time

import pytest

from exports import webhook_addresses, webhook_sending
from exports.models import Delivery
from exports.webhook_addresses import AddressRefused
from tests.exports.receiver import answer, drop, endless, endless_headers, receiving, slowly

Failure = Delivery.Failure


@pytest.fixture
def receiver(tmp_path, monkeypatch, settings):
    with receiving(tmp_path, monkeypatch, settings) as server:
        yield server


def post(address, body=b"{}", **headers):
    return webhook_sending.post(address, body=body, headers=headers)


def test_body_and_headers_arrive_as_they_are(receiver):
    assert post(receiver.address, b'{"a": 1}', **{"webhook-id": "evt_1"}).code == 204
    [(path, headers, body)] = receiver.got
    assert (path, body) == ("/hook?key=1", b'{"a": 1}')
    assert headers["webhook-id"] == "evt_1" and headers["Host"] == f"localhost:{receiver.port}"


def test_a_redirect_is_an_answer_and_is_not_followed(receiver):
    receiver.behaviour = [answer(302, Location=f"{receiver.address}&elsewhere=1"), answer(307, Location="/other")]
    assert [post(receiver.address).code, post(receiver.address).code] == [302, 307]
    assert len(receiver.got) == 2


def test_a_huge_answer_is_cut_off_and_its_code_counts(receiver):
    receiver.behaviour = [endless]
    assert post(receiver.address).code == 200
    assert receiver.cut_off.wait(5)


def test_endless_headers_are_no_answer(receiver):
    receiver.behaviour = [endless_headers]
    assert post(receiver.address) == webhook_sending.Answer(failure=Failure.CONNECTION)


def test_a_receiver_that_hangs_up_is_a_failure(receiver):
    receiver.behaviour = [drop]
    assert post(receiver.address).failure == Failure.CONNECTION


def test_a_slow_receiver_is_left_when_the_time_is_over_however_it_drips(receiver, monkeypatch):
    monkeypatch.setattr(webhook_sending, "WHOLE_SECONDS", 0.6)
    receiver.behaviour = [slowly(0.1)]
    began = time.monotonic()
    assert post(receiver.address).failure == Failure.TIME
    assert time.monotonic() - began < 2


def test_nobody_there_is_a_failure(receiver, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.CONDUCT_WEBHOOK_HOSTS = [f"localhost:{port}"]
    assert post(f"https://localhost:{port}/").failure == Failure.CONNECTION


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(receiver, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert post(receiver.address).failure == Failure.TRUST
    assert receiver.got == []


def test_no_proxy_of_the_environment_is_asked(receiver, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:9")
    assert post(receiver.address).code == 204


def test_the_name_is_asked_once_and_exactly_the_answer_is_connected_to(receiver, monkeypatch):
    """A name server that answers otherwise the second time gains nothing."""
    asked, real, reached = [], socket.getaddrinfo, []

    def once(host, port, *args, **kwargs):
        if host != "localhost":
            return real(host, port, *args, **kwargs)
        asked.append(host)
        target = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return real(target, port, *args, **kwargs)

    connect = socket.create_connection

    def noted(address, *args, **kwargs):
        reached.append(address)
        return connect(address, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    monkeypatch.setattr(socket, "create_connection", noted)
    assert post(receiver.address).code == 204
    assert asked == ["localhost"] and reached == [("127.0.0.1", receiver.port)]


def test_a_name_that_leads_inside_is_refused_without_a_connection(receiver, monkeypatch):
    def inside(host, port, *args, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", port))]

    monkeypatch.setattr(socket, "getaddrinfo", inside)
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: pytest.fail("it connected"))
    assert post("https://hooks.example.org/").failure == Failure.ADDRESS


def test_one_inner_address_among_public_ones_spoils_the_name(monkeypatch):
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in ("93.184.215.14", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: rows)
    with pytest.raises(AddressRefused):
        webhook_addresses.resolve(webhook_addresses.parse("https://hooks.example.org/"), seconds=1)


def test_a_name_server_that_does_not_answer_is_left_behind(monkeypatch):
    monkeypatch.setattr(webhook_sending, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: time.sleep(1) or [])
    began = time.monotonic()
    assert post("https://hooks.example.org/").failure == Failure.NAME
    assert time.monotonic() - began < 0.8
    time.sleep(1)


REFUSED = [
    *(
        "127.0.0.1",
        "127.8.9.1",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
    ),
    *(
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
    ),
    *(
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "192.88.99.1",
    ),
    *(
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
    ),
    *(
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:8.8.8.8",
    ),
    *(
        "::ffff:0:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
    ),
    *(
        "64:ff9b:1::1",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "2001::1",
        "2001:db8::1",
        "fe80::1",
    ),
    *(
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "fd12:3456::1",
    ),
    *(
        "ff02::1",
        "ff0e::1",
        "100::1",
        "5f00::1",
        "127.1",
        "localhost",
    ),
]


@pytest.mark.parametrize("address", REFUSED)
def test_no_inner_special_or_wrapped_address_is_public(address):
    assert not webhook_addresses.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::1"])
def test_an_address_of_the_open_internet_is_public(address):
    assert webhook_addresses.is_public(address)


@pytest.mark.parametrize("inner", ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::"])
def test_a_named_inner_host_still_leads_to_no_special_address(inner, monkeypatch, settings):
    settings.CONDUCT_WEBHOOK_HOSTS = ["hr.inside"]
    row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (inner, 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [row])
    with pytest.raises(AddressRefused):
        webhook_addresses.resolve(webhook_addresses.parse("https://hr.inside/"), seconds=1)


@pytest.mark.parametrize(
    "address",
    [
        *("http://hooks.example.org/", "ftp://hooks.example.org/", "hooks.example.org", "https://", "https:///x", ""),
        *("https://u:p@hooks.example.org/", "https://hooks.example.org/#x", "https://hooks.example.org/a b"),
        *("https://hooks.example.org/\r\nX: 1", "https://hooks.example.org/ក", "https://ក.example/"),
        *("https://hooks.example.org:8443/", "https://hooks.example.org:99999/", "https://hooks.example.org:x/"),
        *("https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://[::1]/", "https://127.1/"),
        *("https://localhost/", "https://localhost./", "https://intranet/", "https://-a.example.org/"),
        *("https://a..example.org/", "https://hooks.example.org\\@inside/", "https://hooks.example.org%00/"),
    ],
)
def test_an_address_that_leads_astray_is_refused(address):
    with pytest.raises(AddressRefused):
        webhook_addresses.parse(address)


def test_an_inner_host_that_the_operator_named_may_have_any_port_named_with_it(settings):
    settings.CONDUCT_WEBHOOK_HOSTS = ["hr.inside", "intranet:8443"]
    assert webhook_addresses.parse("https://HR.inside/x?y").path == "/x?y"
    assert webhook_addresses.parse("https://intranet:8443").authority == "intranet:8443"
    for address in ("https://hr.inside:8443/", "https://intranet/", "https://intranet:22/"):
        with pytest.raises(AddressRefused):
            webhook_addresses.parse(address)


def test_the_signature_of_the_standard_comes_out_right():
    """The values of the text itself."""
    from exports.webhook_secrets import signature

    found = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=json.dumps({"test": 2432232314}).encode(),
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
