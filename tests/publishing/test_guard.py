"""Where webhooks may be sent to: nobody reaches our own network through us, however it is spelled."""

import datetime
import ipaddress
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from publishing.errors import ForbiddenAddress, SubscriberSilent, UnresolvedAddress
from publishing.outgoing import sending
from publishing.outgoing.guard import Limits, check_address, checked_addresses, read_url
from publishing.outgoing.sending import MAX_ANSWER_BYTES, post
from tests.publishing.hook import Hook, serving

SHUT, OPEN = Limits(timeout_s=2), Limits(loopback=True, timeout_s=2)
PUBLIC = "93.184.215.14"

SPELLINGS = [
    # this machine
    "https://127.0.0.1/",
    "https://127.0.0.1./",
    "https://127.1/",
    "https://127.0.1/",
    "https://127.255.255.254/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0x0.0x0.0x1/",
    "https://0x7F.1/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://0177.0.0.01/",
    "https://00000177.0.0.1/",
    "https://127.0.0.0x1/",
    "https://127.0.0.1.0x/",
    "https://0/",
    "https://0.0.0.0/",
    "https://00.0.0.0/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://a.localhost/",
    "https://localhost.localdomain/",
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[0000:0000::0001]/",
    "https://[::1%25eth0]/",
    "https://[::1%eth0]/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://127%2e0%2e0%2e1/",
    "https://%31%32%37.0.0.1/",
    "https://ⓛocalhost/",
    # IPv4 inside of IPv6
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:ffff:127.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[64:ff9b::808:808]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a00:1::1]/",
    "https://[2001:0:7f00:1::]/",
    # networks of others who are inside
    "https://10.0.0.1/",
    "https://10.255.255.255/",
    "https://0xa000001/",
    "https://012.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://192.168.257/",
    "https://3232235521/",
    "https://100.64.0.1/",
    "https://100.127.255.255/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0xa9fea9fe/",
    "https://2852039166/",
    "https://0251.0376.0251.0376/",
    "https://[::ffff:169.254.169.254]/",
    "https://[fd00:ec2::254]/",
    "https://[fc00::1]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://router.home.arpa/",
    "https://db.lan/",
    # nobody, everybody, examples
    "https://255.255.255.255/",
    "https://224.0.0.1/",
    "https://239.255.255.250/",
    "https://240.0.0.1/",
    "https://198.18.0.1/",
    "https://192.0.0.192/",
    "https://192.88.99.1/",
    "https://203.0.113.1/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://[100::1]/",
    # what cannot be read in one way
    "https://a.example@127.0.0.1/",
    "https://127.0.0.1@a.example/",
    "https://a.example:80@127.0.0.1/",
    "https://a.example\\@127.0.0.1/",
    "https:\\\\127.0.0.1/",
    "https:/127.0.0.1/",
    "https:///127.0.0.1/",
    "https://a.example#@127.0.0.1/",
    "https://a.example\t.127.0.0.1/",
    "https://a.example\r\nHost: 127.0.0.1/",
    "https://a.example /",
    "https://a..example/",
    "https://-a.example/",
    "https://a_b.example/",
    "https://1.2.3.4.5/",
    "https://999.1.1.1/",
    "https://a.example:0x1bb/",
    "https://a.example:443:80/",
    "https://a.example:99999/",
    "https://[::1/",
    "https://[a.example]/",
    "https://[v1.fe80::1]/",
    "https:///",
    "https://",
    "//a.example/",
    "a.example",
    "",
    "https://a.example/" + "x" * 600,
    # other doors
    "http://a.example/",
    "ftp://a.example/",
    "file:///etc/passwd",
    "gopher://a.example/",
    "data:text/plain,x",
    "javascript:alert(1)",
    "unix:///run/docker.sock",
    "https://a.example:22/",
    "https://a.example:6379/",
    "https://a.example:0/",
    "https://a.example:80/",
]


def test_there_are_many_spellings():
    assert len(set(SPELLINGS)) == len(SPELLINGS) >= 100


@pytest.mark.parametrize("url", SPELLINGS)
def test_a_forbidden_address_is_refused_as_text(url):
    with pytest.raises(ForbiddenAddress):
        read_url(url, SHUT)
    with pytest.raises(ForbiddenAddress):
        post(url, b"{}", {}, limits=SHUT, resolve=lambda host, port: pytest.fail("was looked up"))


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://hooks.example", "hooks.example", 443, "/"),
        ("https://Hooks.Example:443/a/b?c=d%20e", "hooks.example", 443, "/a/b?c=d%20e"),
        ("https://xn--bcher-kva.example/x", "xn--bcher-kva.example", 443, "/x"),
        ("https://8.8.8.8/", "8.8.8.8", 443, "/"),
        ("https://[2606:4700:4700::1111]/", "2606:4700:4700::1111", 443, "/"),
        ("https://1password.example/", "1password.example", 443, "/"),
    ],
)
def test_a_public_address_is_read(url, host, port, path):
    target = read_url(url, SHUT)
    assert (target.host, target.port, target.path) == (host, port, path)


INSIDE = [
    "0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.20.0.1",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.19.0.1", "198.51.100.1",
    "203.0.113.9", "224.0.0.251", "233.252.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1",
    "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:10::1", "2001:20::1", "2001:db8::1", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1",
    "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1", "nonsense", "",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused(address):
    with pytest.raises(ForbiddenAddress):
        checked_addresses("a.example", 443, SHUT, resolve=lambda host, port: [address])
    with pytest.raises(ForbiddenAddress):  # one of several is enough
        checked_addresses("a.example", 443, SHUT, resolve=lambda host, port: [PUBLIC, address])


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700:4700::1111", "2a00:1450::1"])
def test_a_name_that_leads_outside_is_allowed(address):
    assert checked_addresses("a.example", 443, SHUT, resolve=lambda *_: [address]) == [address]


def test_loopback_is_open_only_where_the_setting_says_so_and_nothing_else_with_it():
    for text in ("http://127.0.0.1:9000/", "http://localhost:9000/x", "http://[::1]:9000/"):
        assert read_url(text, OPEN).port == 9000
    for text in ("http://10.0.0.1/", "http://a.example/", "https://169.254.169.254/", "http://0/"):
        with pytest.raises(ForbiddenAddress):
            read_url(text, OPEN)
    check_address("127.0.0.1", OPEN)
    for address in ("10.0.0.1", "::ffff:127.0.0.1", "0.0.0.0"):
        with pytest.raises(ForbiddenAddress):
            check_address(address, OPEN)


def test_ports_are_those_of_the_setting():
    limits = Limits(ports=frozenset({443, 8443}))
    assert read_url("https://a.example:8443/", limits).port == 8443
    with pytest.raises(ForbiddenAddress):
        read_url("https://a.example:9443/", limits)


def test_nobody_knows_the_name():
    with pytest.raises(UnresolvedAddress):
        checked_addresses("a.example", 443, SHUT, resolve=lambda *_: [])
    with pytest.raises(UnresolvedAddress):
        checked_addresses("no.such.name.invalid", 443, SHUT)


# --- DNS rebinding --------------------------------------------------------------------------------


class Rebinding:
    """Answers each look-up of a name with the next of these."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    def __call__(self, host, port):
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def hook():
    hook = Hook()
    server, port = serving(hook)
    hook.url = f"http://127.0.0.1:{port}/hook"
    hook.port = port
    yield hook
    server.shutdown()
    server.server_close()


def test_a_name_that_was_public_at_the_check_and_leads_here_now_reaches_nobody(hook):
    """The service lies on the port, the name is public when the subscriber is made, and ours later."""
    limits = Limits(ports=frozenset({hook.port}), timeout_s=2)
    rebinding = Rebinding([PUBLIC], ["127.0.0.1"])
    checked_addresses("evil.example", hook.port, limits, resolve=rebinding)
    with pytest.raises(ForbiddenAddress):
        post(f"https://evil.example:{hook.port}/", b"{}", {}, limits=limits, resolve=rebinding)
    assert hook.seen == []


def test_a_connection_asks_for_the_name_once_and_goes_to_what_was_checked(hook, monkeypatch):
    """An answer that would change between the check and the connection is never asked for."""
    gone_to = []
    connect = socket.create_connection

    def noted(address, *args, **more):
        gone_to.append(address)
        return connect(("127.0.0.1", hook.port), *args, **more)

    monkeypatch.setattr(socket, "create_connection", noted)
    look_up = socket.getaddrinfo

    def no_names(host, *args, **more):
        assert ipaddress.ip_address(host), "asked again"
        return look_up(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", no_names)
    limits = Limits(ports=frozenset({hook.port}), timeout_s=2)
    rebinding = Rebinding([PUBLIC], ["127.0.0.1"])
    with pytest.raises(SubscriberSilent):  # our stand-in is no public address, which is seen too
        post(f"https://evil.example:{hook.port}/", b"{}", {}, limits=limits, resolve=rebinding)
    assert (gone_to, rebinding.asked) == ([(PUBLIC, hook.port)], 1)
    assert hook.seen == []


@pytest.mark.parametrize("there", ["http://127.0.0.1:1/", "http://169.254.169.254/latest"])
def test_a_redirect_is_not_followed(hook, there):
    hook.answers, hook.headers = [307], {"Location": there}
    assert post(hook.url, b"{}", {}, limits=OPEN).status == 307
    assert len(hook.seen) == 1


def test_no_proxy_of_the_environment_stands_between(hook, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert post(hook.url, b"{}", {}, limits=OPEN).status == 204


# --- Limits ---------------------------------------------------------------------------------------


def test_only_the_beginning_of_an_answer_is_read_and_kept(hook):
    hook.answers, hook.body = [200], b"x\x00" * 4 * MAX_ANSWER_BYTES
    answer = post(hook.url, b"{}", {}, limits=OPEN)
    assert len(answer.text) == 500
    assert "\x00" not in answer.text


@pytest.mark.parametrize(
    "drip",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"z" * 900,
        b"",
    ],
    ids=["headers", "body", "nothing"],
)
def test_an_answer_that_drips_ends_with_the_time(drip):
    """Each byte comes well within a read's time; all of them together do not."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def slowly():
        connection, _ = listener.accept()
        with connection:
            for byte in drip:
                if stop.wait(0.01):
                    return
                try:
                    connection.sendall(bytes([byte]))
                except OSError:
                    return
            stop.wait(20)

    thread = threading.Thread(target=slowly, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    try:
        with pytest.raises(SubscriberSilent):
            post(url, b"{}", {}, limits=Limits(loopback=True, timeout_s=0.5))
        assert not stop.is_set()  # we ended it, not the other side
    finally:
        stop.set()
        listener.close()
        thread.join(5)


@pytest.mark.parametrize("noise", [b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n\r\n", b"x" * 200_000])
def test_what_is_no_http_is_no_answer(noise):
    listener = socket.create_server(("127.0.0.1", 0))

    def once():
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(noise)

    thread = threading.Thread(target=once, daemon=True)
    thread.start()
    with pytest.raises(SubscriberSilent) as caught:
        post(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"{}", {}, limits=OPEN)
    assert "SSH" not in str(caught.value)
    thread.join(5)
    listener.close()


# --- TLS ------------------------------------------------------------------------------------------


def certificate(tmp_path, name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "tls.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_the_certificate_is_checked_for_the_name_though_we_go_to_the_address(tmp_path, monkeypatch):
    path = certificate(tmp_path, "hooks.example")
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(path)
    hook = Hook()
    server, port = serving(hook, context=theirs)
    trusting = ssl.create_default_context(cafile=str(path))
    limits = Limits(ports=frozenset({port}), loopback=True, timeout_s=5)
    here = lambda host, port: ["127.0.0.1"]  # noqa: E731
    try:
        with pytest.raises(SubscriberSilent):  # nobody vouches for it
            post(f"https://hooks.example:{port}/", b"{}", {}, limits=limits, resolve=here)
        monkeypatch.setattr(sending, "_tls", lambda: trusting)
        answer = post(f"https://hooks.example:{port}/x", b"{}", {}, limits=limits, resolve=here)
        assert (answer.status, answer.address) == (204, "127.0.0.1")
        with pytest.raises(SubscriberSilent):  # it is another's
            post(f"https://other.example:{port}/", b"{}", {}, limits=limits, resolve=here)
    finally:
        server.shutdown()
        server.server_close()
    ((path_asked, headers, _),) = hook.seen
    assert (path_asked, headers["Host"]) == ("/x", f"hooks.example:{port}")
