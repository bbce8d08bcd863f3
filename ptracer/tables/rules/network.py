"""Rules of calls on sockets. Sources: the ERRORS of the manual pages that the comments name; socket(7), ip(7), unix(7)."""

from __future__ import annotations

from errno import EAFNOSUPPORT, EDOM, ENOPROTOOPT, EOPNOTSUPP, EPROTONOSUPPORT, ESOCKTNOSUPPORT

from ptracer.hints import Any
from ptracer.tables.rules import FLAGS, KIND, RANGE, SIZE, STATE, SUPPORT, VALUE, only, rule

SOCK_NONBLOCK, SOCK_CLOEXEC = 0o4000, 0o2000000
AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6 = 0, 1, 2, 10
LEAST = {AF_INET: 16, AF_INET6: 24, AF_UNIX: 3}  # bytes of an address
MOST = 128  # sizeof(struct sockaddr_storage)
MSG_OOB = 1
SOL_SOCKET, IPPROTO_IP, IPPROTO_TCP, IPPROTO_IPV6 = 1, 0, 6, 41
TIMEOUTS, LINGER = (20, 21, 66, 67), 13  # SO_RCVTIMEO, SO_SNDTIMEO and their new forms
INTEGERS = frozenset((1, 2, 5, 6, 7, 8, 9, 10, 12, 15, 16, 18, 29))  # options of SOL_SOCKET that are an int

NO_FEATURE = "feature.no_family"
NO_OPTION = "feature.no_option"


def family(a: Any) -> int:
    """The family that an address says it has."""
    return int(a.addr.sa_family)


def too_short(a: Any) -> bool:
    """The address has fewer bytes than its family needs."""
    return bool(a.addr and a.addr.has("sa_family") and 2 <= a.addrlen < LEAST.get(family(a), 2))


def bound(a: Any) -> bool:
    """The socket has an address already, that a call has given it."""
    return a.of(a.sockfd).local is not None


ADDRESS = (
    rule(SIZE, lambda a: a.addrlen < 0 or a.addrlen > MOST, "addrlen is {addrlen:d}, and must be from 0 to 128", "Pass the size of the address."),
    rule(SIZE, too_short, "addrlen is {addrlen:d}, which is too short for an address of {addr.sa_family:name}", "Pass the size of the whole structure, not of a pointer to it."),
    rule(SIZE, lambda a: a.addrlen < 2, "addrlen is {addrlen:d}, which is too short for any address"),
)

RULES = {
    "socket socketpair": (  # socket(2)
        rule(NO_FEATURE, lambda a: True, "this kernel has no sockets of {domain:name}", error=EAFNOSUPPORT, ordinary=True),
        rule(VALUE, lambda a: a.type & 15 not in range(1, 11) or a.type & ~(15 | SOCK_NONBLOCK | SOCK_CLOEXEC), "type is {type:#x}, and must be SOCK_STREAM or another, with no more than SOCK_NONBLOCK and SOCK_CLOEXEC"),
        rule(SUPPORT, lambda a: a.protocol, "{domain:name} has no protocol {protocol:d} for sockets of this type", "0 takes the one that fits.", error=EPROTONOSUPPORT),
        rule(SUPPORT, lambda a: True, "{domain:name} has no sockets of this type", error=ESOCKTNOSUPPORT),
    ),
    "socket": (rule(SUPPORT, lambda a: not a.protocol, "{domain:name} has no protocol that is meant by 0 for sockets of this type", "Name the protocol.", error=EPROTONOSUPPORT),),
    "socketpair": (rule(SUPPORT, lambda a: True, "{domain:name} has no pairs of sockets", "Use AF_UNIX.", error=EOPNOTSUPP),),
    "bind": (  # bind(2)
        *ADDRESS,
        rule(STATE, bound, "the socket is bound already", "Bind a socket once; make a new one for another address."),
        rule(VALUE, lambda a: True, "the address is one of {addr.sa_family:name}, and the socket is of another family", "Set the family of the address to that of the socket.", error=EAFNOSUPPORT),
    ),
    "connect": (  # connect(2)
        *ADDRESS,
        rule(VALUE, lambda a: True, "the address is one of {addr.sa_family:name}, and the socket is of another family", "Set the family of the address to that of the socket.", error=EAFNOSUPPORT),
    ),
    "sendto": (  # send(2)
        rule(SIZE, lambda a: a.dest_addr and not 0 <= a.addrlen <= MOST, "addrlen is {addrlen:d}, and must be from 0 to 128"),
        rule(SIZE, lambda a: a.dest_addr and a.dest_addr.has("sa_family") and a.addrlen < LEAST.get(a.dest_addr.sa_family, 0), "addrlen is {addrlen:d}, which is too short for an address of {dest_addr.sa_family:name}"),
        rule(VALUE, lambda a: a.dest_addr, "the address is one of {dest_addr.sa_family:name}, and the socket is of another family", error=EAFNOSUPPORT),
    ),
    "sendto sendmsg recvfrom recvmsg": (rule(FLAGS, lambda a: a.flags & MSG_OOB, "flags has MSG_OOB, and this type of socket has no such data", error=EOPNOTSUPP),),
    "recvfrom": (rule(FLAGS, lambda a: a.flags & MSG_OOB, "flags has MSG_OOB, and no such data has come"),),  # tcp(7)
    "listen": (  # listen(2)
        rule(KIND, lambda a: True, "the socket is of a type that takes no connections", "Only SOCK_STREAM and SOCK_SEQPACKET can listen.", error=EOPNOTSUPP),
        rule(STATE, lambda a: True, "the socket is connected, or has no address", "Bind it first."),
    ),
    "accept4": (only("flags", SOCK_NONBLOCK, SOCK_CLOEXEC),),  # accept(2)
    "accept accept4": (rule(KIND, lambda a: True, "the socket is of a type that takes no connections", error=EOPNOTSUPP), rule(SIZE, lambda a: a.addr and a.addrlen and a.addrlen.items[0] < 0, "addrlen is negative"), rule(STATE, lambda a: True, "the socket does not listen", "Call listen first.")),
    "getsockname": (rule(SIZE, lambda a: a.addrlen.items[0] < 0, "addrlen is negative"),),
    "shutdown": (rule(VALUE, lambda a: a.how not in (0, 1, 2), "how is {how:d}, and must be SHUT_RD, SHUT_WR or SHUT_RDWR"),),  # shutdown(2)
    "setsockopt": (  # setsockopt(2), socket(7)
        rule(SIZE, lambda a: a.optlen < 0, "optlen is negative: {optlen:d}"),
        rule(SIZE, lambda a: a.level == SOL_SOCKET and a.optname in INTEGERS and a.optlen < 4, "optlen is {optlen:d}, and {optname:name} is an int of 4 bytes"),
        rule(SIZE, lambda a: a.level == SOL_SOCKET and a.optname == LINGER and a.optlen < 8, "optlen is {optlen:d}, and a struct linger has 8 bytes"),
        rule(SIZE, lambda a: a.level == SOL_SOCKET and a.optname in TIMEOUTS and a.optlen < 2 * a.word, "optlen is {optlen:d}, which is too short for a struct timeval", "Pass a struct timeval, not a number of milliseconds."),
        rule(SIZE, lambda a: a.level == IPPROTO_TCP and a.optlen < 4, "optlen is {optlen:d}, and the option is an int of 4 bytes"),
        rule(RANGE, lambda a: a.optname in TIMEOUTS, "tv_usec of the timeout is not from 0 to 999999", "Carry over whole seconds into tv_sec.", error=EDOM),
    ),
    "setsockopt getsockopt": (rule(NO_OPTION, lambda a: True, "{optname:name} is no option of level {level:name} that this socket has", error=ENOPROTOOPT, ordinary=True), rule(NO_OPTION, lambda a: True, "level {level:name} has no options for this socket", error=EOPNOTSUPP, ordinary=True)),
    "getsockopt": (rule(SIZE, lambda a: a.optlen.items[0] < 0, "optlen is negative"),),
}
