"""Sockets, addresses, options and messages as text, without a process."""

from __future__ import annotations

import struct

import pytest

from ptracer.decode.detail import never
from ptracer.regs import I386
from ptracer.tables.structs import control, messages, sockaddr, sockopt
from tests.decoding import text_of, words
from tests.layouts import disagreements

LOOPBACK = struct.pack("<H", 2) + struct.pack(">HI", 80, 0x7F000001) + bytes(8)
LOOPBACK_TEXT = '{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}'


def bound(address: bytes, **style: str) -> str:
    """How bind shows an address."""
    return text_of("bind", (3, 0x1000, len(address)), memory={0x1000: address}, **style)


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ((1, 1, 0), "AF_UNIX, SOCK_STREAM, 0"),
        ((2, 0x80002, 17), "AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_UDP"),
        ((16, 3, 4), "AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG"),
        ((17, 3, 0x300), "AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)"),
        ((2, 0x11, 0), "AF_INET, SOCK_STREAM|0x10 /* SOCK_??? */, IPPROTO_IP"),
        ((9999, 0, -1), "0x270f /* AF_??? */, 0, 18446744073709551615"),
    ],
)
def test_the_meaning_of_a_protocol_depends_on_the_family(args: tuple[int, ...], text: str) -> None:
    assert text_of("socket", args, 3) == f"socket({text}) = 3"


def test_the_numbers_of_a_pair_of_sockets_are_known_when_the_call_returns() -> None:
    assert (
        text_of("socketpair", (1, 1, 0, 0x1000), exit_memory={0x1000: words(3, 4, size=4)})
        == "socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0"
    )
    assert text_of("socketpair", (1, 1, 0, 0x1000), -24).startswith("socketpair(AF_UNIX, SOCK_STREAM, 0, 0x1000) = -1 EMFILE")


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (LOOPBACK, LOOPBACK_TEXT),
        (LOOPBACK[:8], '{sa_family=AF_INET, sa_data="\\0P\\177\\0\\0\\1"}'),
        (LOOPBACK[:2], "{sa_family=AF_INET}"),
        (b"\1\0/tmp/socket\0rest", '{sa_family=AF_UNIX, sun_path="/tmp/socket"}'),
        (b"\1\0\0hidden", '{sa_family=AF_UNIX, sun_path=@"hidden"}'),
        (
            struct.pack("<HHI", 10, 0x5000, 0x05000000) + bytes(15) + b"\1" + struct.pack("<I", 7),
            '{sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(5), inet_pton(AF_INET6, "::1", &sin6_addr), '
            "sin6_scope_id=7}",
        ),
        (struct.pack("<HHII", 16, 0, 123, 1), "{sa_family=AF_NETLINK, nl_pid=123, nl_groups=0x000001}"),
        (struct.pack("<HHII", 16, 0, 0xFFFFFFFE, 0), "{sa_family=AF_NETLINK, nl_pid=-2, nl_groups=00000000}"),
        (
            struct.pack("<HHIII", 40, 0, 1234, 2, 0),
            "{sa_family=AF_VSOCK, svm_cid=VMADDR_CID_HOST, svm_port=0x4d2, svm_flags=0}",
        ),
        (
            struct.pack("<H6sB", 31, b"abcdef", 5) + b"\0",
            "{sa_family=AF_BLUETOOTH, rc_bdaddr=61:62:63:64:65:66, rc_channel=5}",
        ),
        (struct.pack("<HHII", 42, 0, 1, 2), "{sa_family=AF_QIPCRTR, sq_node=0x1, sq_port=0x2}"),
        (b"\x2e\x00abc", '{sa_family=0x2e /* AF_??? */, sa_data="abc"}'),
    ],
)
def test_an_address_is_shown_as_its_family_and_length_say(address: bytes, text: str) -> None:
    assert bound(address) == f"bind(3, {text}, {len(address)}) = 0"


def test_raw_and_verbose_constants_show_the_bytes_of_an_address() -> None:
    assert '"\\x00\\x50", sin_addr="\\x7f\\x00\\x00\\x01"}' in bound(LOOPBACK, constants="raw")
    assert 'sin_port="\\x00\\x50" /* htons(80) */' in bound(LOOPBACK, constants="verbose")


def test_an_address_that_cannot_be_read_is_its_pointer() -> None:
    assert text_of("connect", (3, 0x1000, 16), -14) == "connect(3, 0x1000, 16) = -1 EFAULT (Bad address)"
    assert text_of("connect", (3, 0, 16)) == "connect(3, NULL, 16) = 0"
    assert text_of("connect", (3, 0x1000, -1), memory={0x1000: LOOPBACK}) == "connect(3, 0x1000, -1) = 0"


def test_a_returned_address_is_no_longer_than_the_room_for_it() -> None:
    def accepted(room: int, length: int) -> str:
        return text_of(
            "accept",
            (3, 0x1000, 0x2000),
            4,
            memory={0x2000: words(room, size=4)},
            exit_memory={0x1000: LOOPBACK, 0x2000: words(length, size=4)},
        )

    assert accepted(16, 16) == f"accept(3, {LOOPBACK_TEXT}, [16]) = 4"
    assert accepted(128, 16) == f"accept(3, {LOOPBACK_TEXT}, [128 => 16]) = 4"
    assert accepted(2, 16) == "accept(3, {sa_family=AF_INET}, [2 => 16]) = 4"
    assert text_of("accept", (3, 0, 0x2000), 4) == "accept(3, NULL, 0x2000) = 4"
    failed = text_of("getpeername", (3, 0x1000, 0x2000), -107, memory={0x2000: words(16, size=4)})
    assert failed == "getpeername(3, 0x1000, [16]) = -1 ENOTCONN (Transport endpoint is not connected)"


def test_what_is_received_ends_where_the_buffer_ends() -> None:
    line = text_of("recvfrom", (3, 0x1000, 2, 0x20, 0, 0), 8, exit_memory={0x1000: b"datagram"})
    assert line == 'recvfrom(3, "da", 2, MSG_TRUNC, NULL, NULL) = 8'


# --- options


@pytest.mark.parametrize(
    ("level", "name", "value", "text"),
    [
        (1, 2, words(1, size=4), "SOL_SOCKET, SO_REUSEADDR, [1]"),
        (1, 13, words(1, 5, size=4), "SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=5}"),
        (1, 25, b"lo\0", 'SOL_SOCKET, SO_BINDTODEVICE, "lo\\0"'),
        (6, 1, words(1, size=4), "SOL_TCP, TCP_NODELAY, [1]"),
        (0, 35, b"\xe0\0\0\1\x7f\0\0\1", None),
        (41, 20, bytes(15) + b"\1" + words(0, size=4), None),
        (255, 1, words(0xFFFFFFFE, size=4), "SOL_RAW, ICMP_FILTER, ~[ICMP_ECHOREPLY]"),
        (0, 51, words(0x00020001, size=4), "SOL_IP, IP_LOCAL_PORT_RANGE, [0x20001 /* 1..2 */]"),
        (9999, 7, words(1, size=4), "0x270f /* SOL_?? */, 7, [1]"),
    ],
)
def test_a_value_is_shown_as_its_option_says(level: int, name: int, value: bytes, text: str | None) -> None:
    line = text_of("setsockopt", (3, level, name, 0x1000, len(value)), memory={0x1000: value})
    if text is not None:
        assert line == f"setsockopt(3, {text}, {len(value)}) = 0"
    else:
        assert "MEMBERSHIP, {" in line


def test_a_value_is_shown_as_far_as_it_was_filled_in() -> None:
    def credentials(room: int, length: int) -> str:
        return text_of(
            "getsockopt",
            (3, 1, 17, 0x1000, 0x2000),
            memory={0x2000: words(room, size=4)},
            exit_memory={0x1000: words(7, 8, 9, size=4), 0x2000: words(length, size=4)},
        )

    assert credentials(12, 12) == "getsockopt(3, SOL_SOCKET, SO_PEERCRED, {pid=7, uid=8, gid=9}, [12]) = 0"
    assert credentials(64, 6) == 'getsockopt(3, SOL_SOCKET, SO_PEERCRED, {pid=7, uid="\\x08\\x00"}, [64 => 6]) = 0'


# --- messages


def header(name: int = 0, room: int = 0, vectors: int = 0, count: int = 0, data: int = 0, size: int = 0) -> bytes:
    """struct msghdr of x86_64."""
    return struct.pack("<QIxxxxQQQQIxxxx", name, room, vectors, count, data, size, 0)


def control_message(level: int, kind: int, data: bytes) -> bytes:
    """struct cmsghdr and its data."""
    message = struct.pack("<QII", 16 + len(data), level, kind) + data
    return message + bytes(-len(message) % 8)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            control_message(1, 1, words(3, 4, size=4)),
            "[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[3, 4]}]",
        ),
        (
            control_message(1, 2, words(1, 2, 3, size=4)),
            "[{cmsg_len=28, cmsg_level=SOL_SOCKET, cmsg_type=SCM_CREDENTIALS, cmsg_data={pid=1, uid=2, gid=3}}]",
        ),
        (
            control_message(1, 29, words(1, 2)) + b"odd",
            "[{cmsg_len=32, cmsg_level=SOL_SOCKET, cmsg_type=SO_TIMESTAMP_OLD, cmsg_data={tv_sec=1, tv_usec=2}}, "
            "... /* 0x3020 */]",
        ),
        (control_message(0, 2, words(64, size=4)), "[{cmsg_len=20, cmsg_level=SOL_IP, cmsg_type=IP_TTL, cmsg_data=[64]}]"),
        (
            control_message(9, 9, b"a"),
            '[{cmsg_len=17, cmsg_level=0x9 /* SOL_??? */, cmsg_type=0x9, cmsg_data="\\x61"}]',
        ),
        (b"short", "0x3000"),
    ],
)
def test_control_messages_follow_one_another(data: bytes, text: str) -> None:
    memory = {0x1000: header(data=0x3000, size=len(data)), 0x3000: data}
    assert f"msg_control={text}, msg_controllen={len(data)}, " in text_of("sendmsg", (3, 0x1000, 0), 1, memory)


def test_a_control_message_without_a_length_ends_them() -> None:
    data = struct.pack("<QII", 0, 1, 1) * 3
    memory = {0x1000: header(data=0x3000, size=len(data)), 0x3000: data}
    assert text_of("sendmsg", (3, 0x1000, 0), 1, memory).count("cmsg_len") == 1


def test_received_bytes_are_spread_over_the_buffers() -> None:
    before = header(0x4000, 128, 0x2000, 2)
    after = header(0x4000, 16, 0x2000, 2)
    filled = {0x1000: after, 0x2000: words(0x5000, 4, 0x6000, 4), 0x4000: LOOPBACK, 0x5000: b"abcd", 0x6000: b"efgh"}
    assert text_of("recvmsg", (3, 0x1000, 0), 6, {0x1000: before}, filled) == (
        f"recvmsg(3, {{msg_name={LOOPBACK_TEXT}, msg_namelen=128 => 16, "
        'msg_iov=[{iov_base="abcd", iov_len=4}, {iov_base="ef", iov_len=4}], msg_iovlen=2, msg_controllen=0, msg_flags=0}, 0) = 6'
    )


def test_a_message_that_was_not_received_shows_the_room_for_its_sender() -> None:
    line = text_of("recvmsg", (3, 0x1000, 0), -11, {0x1000: header(room=16)})
    assert line == "recvmsg(3, {msg_namelen=16}, 0) = -1 EAGAIN (Resource temporarily unavailable)"


def test_a_message_of_a_32_bit_program_has_short_words() -> None:
    memory = {0x1000: struct.pack("<7I", 0, 0, 0x2000, 1, 0, 0, 0), 0x2000: words(0x3000, 2, size=4), 0x3000: b"hi"}
    assert 'msg_iov=[{iov_base="hi", iov_len=2}], msg_iovlen=1' in text_of("sendmsg", (3, 0x1000, 0), 2, memory, abi=I386)


def test_hostile_counts_end_somewhere() -> None:
    memory = {0x1000: header(vectors=0x2000, count=(1 << 64) - 1, data=0x3000, size=1 << 40), 0x2000: words(0, 1 << 63)}
    line = text_of("sendmsg", (3, 0x1000, 0), 1, memory)
    assert "msg_iov=0x2000, msg_iovlen=18446744073709551615, msg_control=0x3000, msg_controllen=1099511627776" in line
    endless = {0x1000: header(vectors=0x2000, count=1 << 30), 0x2000: words(0, 1)}
    assert "... /* 0x2010 */]" in text_of("sendmsg", (3, 0x1000, 0), 1, endless, abbreviate=never)


def test_several_messages_are_known_by_how_many_were_handled() -> None:
    one = header(vectors=0x2000, count=1) + words(2)
    memory = {0x1000: one * 2, 0x2000: words(0x3000, 2), 0x3000: b"hi", 0x4000: words(1, 2)}
    shown = (
        '{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="hi", iov_len=2}], msg_iovlen=1, msg_controllen=0, '
        "msg_flags=0}"
    )
    assert text_of("sendmmsg", (3, 0x1000, 2, 0), 1, memory) == f"sendmmsg(3, [{shown}, msg_len=2}}, {shown}}}], 2, 0) = 1"
    assert text_of("recvmmsg", (3, 0x1000, 2, 0, 0x4000), 1, memory) == (
        f"recvmmsg(3, [{shown}, msg_len=2}}], 2, 0, {{tv_sec=1, tv_nsec=2}}) = 1 (left {{tv_sec=1, tv_nsec=2}})"
    )
    assert text_of("recvmmsg", (3, 0x1000, 2, 0, 0x4000), 0, memory).endswith("= 0 (Timeout)")


# --- layouts

PACKET = ["sys/socket.h", "linux/if_packet.h"]


@pytest.mark.parametrize("abi", ["x86_64", "i386"])
@pytest.mark.parametrize(
    ("table", "name", "include"),
    [
        (sockopt.linger, "struct linger", ["sys/socket.h"]),
        (sockopt.ip_mreq, "struct ip_mreq", ["linux/in.h"]),
        (sockopt.packet_mreq, "struct packet_mreq", PACKET),
        (sockopt.tpacket_req, "struct tpacket_req", PACKET),
        (sockopt.tpacket_stats, "struct tpacket_stats_v3", PACKET),
        (sockopt.tipc_group_req, "struct tipc_group_req", ["linux/tipc.h"]),
        (sockopt.group_req, "struct group_req", ["linux/in.h"]),
        (control.in_pktinfo, "struct in_pktinfo", ["linux/in.h"]),
    ],
)
def test_structures_are_laid_out_like_those_of_c(table: type, name: str, include: list[str], abi: str) -> None:
    assert not disagreements(table, name, include, abi)


def test_headers_of_messages_have_the_size_of_those_of_c() -> None:
    assert messages.HEADERS[8].size == 56 and messages.HEADERS[4].size == 28
    assert sockaddr.LARGEST == 128
