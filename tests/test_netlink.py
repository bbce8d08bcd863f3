"""Messages on netlink sockets as text, without a process."""

from __future__ import annotations

import struct

import pytest

from ptracer.plans import SOCKETS
from ptracer.tables.structs.netlink import link, route, routing, traffic
from ptracer.tables.structs.netlink.attributes import Attributes
from tests.decoding import text_of, words
from tests.layouts import disagreements

ROUTE, DIAG, NETFILTER, EVENTS, GENERIC = 0, 4, 12, 15, 16
GETLINK, NEWLINK, GETADDR, NEWADDR, NEWROUTE = 18, 16, 22, 20, 24


def sent(protocol: int, data: bytes) -> str:
    """How sendto shows bytes on a netlink socket."""
    memory = {SOCKETS + 3: struct.pack("<i", protocol), 0x1000: data}
    line = text_of("sendto", (3, 0x1000, len(data), 0, 0, 0), len(data), memory)
    return line.removeprefix("sendto(3, ").split(f", {len(data)}, 0, NULL, 0) = ")[0]


def message(kind: int, payload: bytes = b"", flags: int = 1, length: int | None = None) -> bytes:
    """struct nlmsghdr and what follows it."""
    return struct.pack("<IHHII", 16 + len(payload) if length is None else length, kind, flags, 0, 0) + payload


def attribute(kind: int, data: bytes, length: int | None = None) -> bytes:
    """struct nlattr and what follows it."""
    found = struct.pack("<HH", 4 + len(data) if length is None else length, kind) + data
    return found + bytes(-len(found) % 4)


def shown(length: int, kind: str, flags: str = "NLM_F_REQUEST") -> str:
    """The header of ``message``."""
    return f"{{nlmsg_len={length}, nlmsg_type={kind}, nlmsg_flags={flags}, nlmsg_seq=0, nlmsg_pid=0}}"


INTERFACE = "{ifi_family=AF_UNSPEC, ifi_type=ARPHRD_NETROM, ifi_index=0, ifi_flags=0, ifi_change=0}"


def test_bytes_of_other_sockets_are_bytes() -> None:
    data = message(GETLINK, bytes(16))
    line = text_of("sendto", (3, 0x1000, len(data), 0, 0, 0), 32, {0x1000: data})
    assert line.startswith('sendto(3, " \\0\\0\\0')


def test_one_message_stands_for_itself_and_several_in_a_list() -> None:
    one = message(GETLINK, bytes(16))
    text = f"[{shown(32, 'RTM_GETLINK')}, {INTERFACE}]"
    assert sent(ROUTE, one) == text
    assert sent(ROUTE, one + one) == f"[{text}, {text}]"
    assert sent(ROUTE, one + b"abc") == f'[{text}, "\\x61\\x62\\x63"]'


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", '""'),
        (b"a", '"\\x61"'),
        (message(GETLINK), shown(16, "RTM_GETLINK")),
        (message(GETLINK, b"\2"), f"[{shown(17, 'RTM_GETLINK')}, {{ifi_family=AF_INET, ...}}]"),
        (message(GETLINK, bytes(16), length=0), shown(0, "RTM_GETLINK")),
        (message(GETLINK, bytes(16), length=100), f"[{shown(100, 'RTM_GETLINK')}, {INTERFACE}]"),
        (message(0x7F, b"\2ab"), f'[{shown(19, "0x7f /* RTM_??? */")}, {{family=AF_INET, data="\\x61\\x62"}}]'),
        (message(3, words(0, size=4)), f"[{shown(20, 'NLMSG_DONE')}, 0]"),
        (
            message(2, words(0xFFFFFFFE, size=4) + message(GETLINK, length=32)),
            f"[{shown(36, 'NLMSG_ERROR')}, {{error=-ENOENT, msg={shown(32, 'RTM_GETLINK')}}}]",
        ),
    ],
)
def test_a_message_is_decoded_as_far_as_it_goes(data: bytes, text: str) -> None:
    assert sent(ROUTE, data) == text


@pytest.mark.parametrize(
    ("kind", "flags", "text"),
    [
        (GETLINK, 0x301, "NLM_F_REQUEST|NLM_F_DUMP"),
        (NEWLINK, 0x605, "NLM_F_REQUEST|NLM_F_ACK|NLM_F_EXCL|NLM_F_CREATE"),
        (17, 0x101, "NLM_F_REQUEST|NLM_F_NONREC"),
        (19, 0x101, "NLM_F_REQUEST|0x100"),
    ],
)
def test_the_upper_flags_mean_what_the_type_makes_of_them(kind: int, flags: int, text: str) -> None:
    assert f"nlmsg_flags={text}, " in sent(ROUTE, message(kind, b"\0", flags))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (attribute(3, b"lo\0"), '[{nla_len=7, nla_type=IFLA_IFNAME}, "lo"]'),
        (attribute(3, b"lo"), '[{nla_len=6, nla_type=IFLA_IFNAME}, "lo"...]'),
        (attribute(0x8003, b"lo\0"), '[{nla_len=7, nla_type=NLA_F_NESTED|IFLA_IFNAME}, "lo"]'),
        (attribute(4, words(1500, size=4)), "[{nla_len=8, nla_type=IFLA_MTU}, 1500]"),
        (attribute(4, b"ab"), '[{nla_len=6, nla_type=IFLA_MTU}, "\\x61\\x62"]'),
        (attribute(1, b""), "{nla_len=4, nla_type=IFLA_ADDRESS}"),
        (attribute(1, b"abcdef"), "[{nla_len=10, nla_type=IFLA_ADDRESS}, 61:62:63:64:65:66]"),
        (attribute(99, b"abc"), '[{nla_len=7, nla_type=0x63 /* IFLA_??? */}, "\\x61\\x62\\x63"]'),
        (
            attribute(18, attribute(1, b"bridge\0")),
            '[{nla_len=16, nla_type=IFLA_LINKINFO}, [{nla_len=11, nla_type=IFLA_INFO_KIND}, "bridge"]]',
        ),
        (
            attribute(4, words(1, size=4)) + attribute(29, words(1, size=4)) + b"ab",
            "[[{nla_len=8, nla_type=IFLA_MTU}, 1], [{nla_len=8, nla_type=IFLA_EXT_MASK}, RTEXT_FILTER_VF], "
            '"\\x61\\x62"]',
        ),
        (attribute(4, b"abcd", length=0), "{nla_len=0, nla_type=IFLA_MTU}"),
    ],
)
def test_attributes_follow_the_structure(data: bytes, text: str) -> None:
    assert sent(ROUTE, message(NEWLINK, bytes(16) + data)).endswith(f"{INTERFACE}, {text}]")


def test_an_address_in_an_attribute_is_of_the_family_of_the_message() -> None:
    four, six = (message(NEWADDR, bytes([family]) + bytes(7) + attribute(1, address)) for family, address in
                 ((2, b"\x7f\0\0\1"), (10, bytes(15) + b"\1")))  # fmt: skip
    assert sent(ROUTE, four).endswith('[{nla_len=8, nla_type=IFA_ADDRESS}, inet_addr("127.0.0.1")]]')
    assert sent(ROUTE, six).endswith('[{nla_len=20, nla_type=IFA_ADDRESS}, inet_pton(AF_INET6, "::1")]]')


def test_attributes_without_end_are_cut() -> None:
    text = sent(ROUTE, message(NEWLINK, bytes(16) + attribute(4, b"abcd") * 1000))
    assert text.count("IFLA_MTU") == 32 and text.endswith(", ...]]")


def test_a_question_about_sockets_differs_from_the_answer() -> None:
    question = sent(DIAG, message(20, bytes([2, 6, 0, 0]) + words(1 << 10, size=4) + bytes(48)))
    assert "{sdiag_family=AF_INET, sdiag_protocol=IPPROTO_TCP, idiag_ext=0, idiag_states=1<<TCP_LISTEN, id={" in question
    answer = sent(DIAG, message(20, bytes([2, 10, 0, 0]) + bytes(68), flags=2))
    assert "{idiag_family=AF_INET, idiag_state=TCP_LISTEN, idiag_timer=0, " in answer


def test_the_type_of_a_packet_filter_message_is_a_subsystem_and_its_message() -> None:
    text = sent(NETFILTER, message(0x0A00, bytes([2, 0, 0, 1])))
    assert text == (
        f"[{shown(20, 'NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_NEWTABLE')}, "
        "{nfgen_family=AF_INET, version=NFNETLINK_V0, res_id=htons(1)}]"
    )


def test_events_of_kernel_objects_are_strings() -> None:
    assert sent(EVENTS, b"add@/x\0ACTION=add\0") == '"add@/x\\0ACTION=add\\0"'


def test_a_socket_without_an_address_has_no_known_protocol() -> None:
    assert sent(-1, message(GETLINK, b"\0")) == f'[{shown(17, "0x12 /* NLMSG_??? */")}, "\\x00"]'


@pytest.mark.parametrize("module", [link, routing, traffic])
def test_every_attribute_of_a_table_has_a_number(module: object) -> None:
    tables = [thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, Attributes)]
    for table in tables:
        if table is not Attributes:
            table.table()  # KeyError: an attribute that its words do not have


@pytest.mark.parametrize(
    ("table", "name", "include"),
    [
        (route.ifinfomsg, "struct ifinfomsg", "linux/rtnetlink.h"),
        (route.rtmsg, "struct rtmsg", "linux/rtnetlink.h"),
        (route.ndmsg, "struct ndmsg", "linux/neighbour.h"),
        (route.tcmsg, "struct tcmsg", "linux/rtnetlink.h"),
        (route.nhmsg, "struct nhmsg", "linux/nexthop.h"),
        (link.rtnl_link_stats, "struct rtnl_link_stats", "linux/if_link.h"),
        (link.rtnl_link_stats64, "struct rtnl_link_stats64", "linux/if_link.h"),
        (routing.rta_cacheinfo, "struct rta_cacheinfo", "linux/rtnetlink.h"),
        (routing.ndt_config, "struct ndt_config", "linux/neighbour.h"),
        (traffic.tc_sizespec, "struct tc_sizespec", "linux/pkt_sched.h"),
    ],
)
def test_structures_are_laid_out_like_those_of_c(table: type, name: str, include: str) -> None:
    assert not [line for line in disagreements(table, name, [include]) if not line.startswith("sizeof")]


def sent_in(style: str, data: bytes, protocol: int = ROUTE) -> str:
    """The same with another style of strings."""
    memory = {SOCKETS + 3: struct.pack("<i", protocol), 0x1000: data}
    return text_of("sendto", (3, 0x1000, len(data), 0, 0, 0), len(data), memory, strings=style)


def test_a_name_in_hexadecimal_keeps_its_end() -> None:
    data = message(NEWLINK, bytes(16) + attribute(3, b"lo\0"))
    assert '"\\x6c\\x6f\\x00"...' in sent_in("non-ascii", data)
    assert '"lo"]' in sent_in("non-ascii-chars", data)


CRYPTO = 21
ALGORITHM = b"aes\0".ljust(192, b"\0") + struct.pack("<4I", 5, 15, 1, 0x800)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (ALGORITHM[:10], '"aes\\0\\0\\0\\0\\0\\0\\0"'),
        (
            ALGORITHM + attribute(3, b"shash\0".ljust(64, b"\0") + words(64, 32, size=4)),
            '{cru_name="aes", cru_driver_name="", cru_module_name="", cru_type=0x5, cru_mask=0xf, cru_refcnt=1, cru_flags=0x800}, '
            '[{nla_len=76, nla_type=CRYPTOCFGA_REPORT_HASH}, {type="shash", blocksize=64, digestsize=32}]',
        ),
    ],
)
def test_messages_about_algorithms(data: bytes, text: str) -> None:
    assert sent(CRYPTO, message(16, data)) == f"[{shown(16 + len(data), 'CRYPTO_MSG_NEWALG')}, {text}]"


def test_the_commands_of_a_generic_family_have_its_names() -> None:
    operation = attribute(6, attribute(1, attribute(1, words(2, size=4))))
    named = sent(GENERIC, message(16, b"\1\2\0\0" + attribute(2, b"devlink\0") + operation))
    assert "{nla_len=8, nla_type=CTRL_ATTR_OP_ID}, DEVLINK_CMD_SET]" in named
    other = sent(GENERIC, message(16, b"\1\2\0\0" + operation + attribute(2, b"devlink\0")))
    assert "{nla_len=8, nla_type=CTRL_ATTR_OP_ID}, CTRL_CMD_DELFAMILY]" in other


@pytest.mark.parametrize(
    ("family", "size", "data", "text"),
    [
        (2, 72, attribute(22, b"\1\0"), "INET_DIAG_SOCKOPT}, {recverr=1}]"),
        (2, 72, attribute(22, b"\1\0\2"), 'INET_DIAG_SOCKOPT}, {recverr=1}, /* bytes 2..2 */ "\\x02"]'),
        (2, 72, attribute(7, words(1, size=4)), "INET_DIAG_SKMEMINFO}, [[SK_MEMINFO_RMEM_ALLOC]=1]]"),
        (
            2,
            72,
            attribute(18, bytes([2, 24, 3, 0, 127, 0, 0, 1]) + bytes(12) + b"key".ljust(80, b"\0")),
            'INET_DIAG_MD5SIG}, [{tcpm_family=AF_INET, tcpm_prefixlen=24, tcpm_keylen=3, tcpm_addr=inet_addr("127.0.0.1"), '
            'tcpm_key="\\x6b\\x65\\x79"}]]',
        ),
        (17, 16, attribute(1, words(0, 2, size=4) + words(1, 2, size=2) + bytes(32)),
         'PACKET_DIAG_MCLIST}, [{pdmc_index=0, pdmc_count=2, pdmc_type=1, pdmc_alen=2, pdmc_addr="\\x00\\x00"}]]'),
        (43, 64, attribute(5, words(0x3000000, 0, size=4)),
         "SMC_DIAG_FALLBACK}, {reason=0x3000000 /* SMC_CLC_DECL_CNFERR */, peer_diagnosis=0 /* SMC_CLC_DECL_??? */}]"),
    ],
)  # fmt: skip
def test_attributes_of_sockets(family: int, size: int, data: bytes, text: str) -> None:
    assert sent(DIAG, message(20, bytes([family]).ljust(size, b"\0") + data, flags=2)).endswith(f"{text}]")


def test_a_filter_that_is_abbreviated_is_where_it_lies() -> None:
    text = sent(DIAG, message(20, bytes([17]).ljust(16, b"\0") + attribute(7, bytes(8)), flags=2))
    assert text.endswith(f"PACKET_DIAG_FILTER}}, {0x1000 + 16 + 16 + 4:#x}]]")


def test_what_follows_the_message_that_an_error_is_about_are_attributes() -> None:
    about = message(GETLINK)
    text = sent(ROUTE, message(2, words(0xFFFFFFFE, size=4) + about + attribute(1, b"bad\0")))
    assert text.endswith(f"{{error=-ENOENT, msg={shown(16, 'RTM_GETLINK')}}}, [{{nla_len=8, nla_type=NLMSGERR_ATTR_MSG}}, \"bad\"]]]")
