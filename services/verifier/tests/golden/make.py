#!/usr/bin/env python3
"""Makes golden files from docs/formats/log-export.md alone, with nothing but Python's own library.

Ed25519 is the reference code of RFC 8032, section 6. Run it in this folder; it writes small.export, kept.checkpoint,
inclusion.json, consistency.json and verifier.key.
"""

import base64
import hashlib
import json
import struct

# --- Ed25519, RFC 8032, section 6 ---

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    x, y = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    z, w = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, w - z, w + z, y + x
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def compress(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return int.to_bytes(y | ((x & 1) << 255), 32, "little")


def expand(secret):
    h = hashlib.sha512(secret).digest()
    a = int.from_bytes(h[:32], "little")
    return (a & ((1 << 254) - 8)) | (1 << 254), h[32:]


def public_of(secret):
    return compress(multiply(expand(secret)[0], BASE))


def sign(secret, message):
    a, prefix = expand(secret)
    public = compress(multiply(a, BASE))
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % Q
    point = compress(multiply(r, BASE))
    h = int.from_bytes(hashlib.sha512(point + public + message).digest(), "little") % Q
    return point + int.to_bytes((r + h * a) % Q, 32, "little")


# --- The canonical form of an event ---


def field(value):
    return struct.pack(">Q", 2**64 - 1) if value is None else struct.pack(">Q", len(value)) + value


def canonical(stream, version, name, schema, at, area, actor, trace, payload, keys, sealed):
    fields = [stream, struct.pack(">q", version), name, struct.pack(">I", schema), struct.pack(">q", at)]
    fields += [area, actor, trace, payload, keys, sealed]
    return b"\x01" + b"".join(field(value) for value in fields)


TRACE = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
AT = 1_775_124_000_123_456
EVENTS = [
    canonical(b"partner-wonion", 1, b"partner.admitted", 1, AT, None, b"admin:terminal", None, b'{"sector":"housing"}', None, None),
    canonical(b"signal-7", 1, b"signal.reported", 1, AT + 1, b"WK150900", b"partner:wonion", TRACE, b'{"kind":"E33"}', b"\x07" * 16, b"\x01\x02\x03"),
    canonical(b"case-1", 1, b"case.opened", 1, AT + 2, b"WK150900", b"role:casework", TRACE, "{\"waarom\":\"één\"}".encode(), None, None),
    canonical(b"case-1", 2, b"case.rung_reached", 1, AT + 3, b"WK150900", b"role:escalation", None, b'{"rung":"team"}', None, None),
    canonical(b"signal-8", 1, b"signal.reported", 2, -1, b"", b"partner:wonion", None, b"", b"\x07" * 16 + b"\x08" * 16, b""),
]

# --- The tree of RFC 6962, section 2.1, as it is defined ---


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


LEAVES = [sha(b"\x00", event) for event in EVENTS]


def split(count):
    return 1 << ((count - 1).bit_length() - 1)


def root(leaves):
    if not leaves:
        return sha()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha(b"\x01", root(leaves[:k]), root(leaves[k:]))


def path(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return path(m, leaves[:k]) + [root(leaves[k:])]
    return path(m - k, leaves[k:]) + [root(leaves[:k])]


def proof(m, leaves, whole=True):
    if m == len(leaves):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return proof(m, leaves[:k], whole) + [root(leaves[k:])]
    return proof(m - k, leaves[k:], False) + [root(leaves[:k])]


# --- Checkpoints, and the files ---

NAME = "seinhuis/oude-ijsselstreek"
SECRET = bytes(range(32))
PUBLIC = public_of(SECRET)
KEY_ID = sha(NAME.encode(), b"\n\x01", PUBLIC)[:4]


def b64(data):
    return base64.b64encode(data).decode()


def checkpoint(size):
    text = f"{NAME}\n{size}\n{b64(root(LEAVES[:size]))}\n"
    return f"{text}\n— {NAME} {b64(KEY_ID + sign(SECRET, text.encode()))}\n"


def record(kind, body):
    return kind + struct.pack(">I", len(body)) + body


def event(position):
    return record(b"E", LEAVES[position - 1] + EVENTS[position - 1])


export = b"seinhuis-log-export v1\n" + record(b"C", checkpoint(0).encode())
export += event(1) + event(2) + event(3) + record(b"C", checkpoint(3).encode())
export += event(4) + event(5) + record(b"C", checkpoint(5).encode())
export += record(b"Z", struct.pack(">Q", 5))

included = {"kind": "inclusion", "position": 4, "size": 5, "leaf": b64(LEAVES[3])}
included |= {"path": [b64(part) for part in path(3, LEAVES)], "checkpoint": checkpoint(5)}
grown = {"kind": "consistency", "old_size": 3, "new_size": 5, "path": [b64(part) for part in proof(3, LEAVES)]}
grown |= {"old_checkpoint": checkpoint(3), "checkpoint": checkpoint(5)}


def write(name, data):
    with open(name, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


write("small.export", export)
write("kept.checkpoint", checkpoint(4))
write("inclusion.json", json.dumps(included, indent=2, ensure_ascii=False) + "\n")
write("consistency.json", json.dumps(grown, indent=2, ensure_ascii=False) + "\n")
write("verifier.key", f"{NAME}+{KEY_ID.hex()}+{b64(bytes([1]) + PUBLIC)}\n")
