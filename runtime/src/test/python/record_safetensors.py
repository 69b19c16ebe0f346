"""Records files and verdicts of the safetensors library, for the tests of dev.rivulet.internal.format.safetensors.

    python3 record_safetensors.py ../resources/dev/rivulet/internal/format/safetensors

Writes all-dtypes.safetensors with every dtype that the library's writer supports, and verdicts.bin.gz: inputs, each with
whether the library accepts it and, if so, a CRC-32 of the tensors. Made with safetensors 0.8.0.
"""

import ctypes
import gzip
import pathlib
import random
import struct
import sys
import zlib

import safetensors

SEED = 20261123
COUNT = 10000
STRUCTURED = 3000

WRITER_TYPES = [
    "bool", "float4_e2m1fn_x2", "uint8", "int8", "float8_e5m2", "float8_e4m3fn", "float8_e8m0fnu", "float8_e4m3fnuz",
    "float8_e5m2fnuz", "int16", "uint16", "float16", "bfloat16", "int32", "uint32", "float32", "complex64", "float64",
    "int64", "uint64",
]
BITS = [8, 4, 8, 8, 8, 8, 8, 8, 8, 16, 16, 16, 16, 32, 32, 32, 64, 64, 64, 64]
NAMES = [
    "BOOL", "F4", "F6_E2M3", "F6_E3M2", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ",
    "I16", "U16", "F16", "BF16", "I32", "U32", "F32", "C64", "F64", "I64", "U64",
]


def pattern(length):
    return bytes((i * 11 + length) & 0xFF for i in range(length))


def all_dtypes():
    keep, specs = [], {}

    def add(name, dtype, shape, bits):
        elements = 1
        for dimension in shape:
            elements *= dimension
        data = pattern(elements * bits // 8)
        buffer = ctypes.create_string_buffer(data, max(1, len(data)))
        keep.append(buffer)
        stored = shape[:-1] + [shape[-1] // 2] if bits == 4 else shape
        specs[name] = safetensors.TensorSpec(
            dtype=dtype, shape=stored, data_ptr=ctypes.addressof(buffer), data_len=len(data))

    for dtype, bits in zip(WRITER_TYPES, BITS):
        add("layer." + dtype, dtype, [3, 4], bits)
    add("scalar", "float32", [], 32)
    add("empty", "float32", [0, 5], 32)
    add('quote " slash \\ line \n bell \x07 delete \x7f é 😀', "float16", [2], 16)
    add("\uffee", "int16", [1], 16)
    add("\U0001f600", "int16", [1], 16)
    return safetensors.serialize(specs, {"format": "pt é\t"})


def entry(dtype="F32", shape="[1]", offsets="[0,4]"):
    return '{"dtype":"%s","shape":%s,"data_offsets":%s}' % (dtype, shape, offsets)


def file(header, data=b""):
    header = header.encode("utf-8", "surrogatepass") if isinstance(header, str) else header
    return struct.pack("<Q", len(header)) + header + data


def handcrafted():
    one, four = entry(), b"\0\0\0\0"
    fields = '"dtype":"F32","shape":[1],"data_offsets":[0,4]'
    headers = [
        "{}", "[]", "", " {}", "\ufeff{}", "{", "}", "{}x", "{} \n\t\r ", "{}\0", "{}{}", "null", '{"a"}', '{"a":}', '{,}',
        '{"a":%s,}' % one, '{"a":%s,"a":%s}' % (one, one), '{"a":[]}', '{"a":null}', '{"a":1}', '{"a":{}}', '{"":%s}' % one,
        '{"a":["F32",[1],[0,4]]}', '{"a":{"dtype":{"F32":null},"shape":[1],"data_offsets":[0,4]}}', "{'a':%s}" % one,
        '{"__metadata__":null}', '{"__metadata__":{}}', '{"__metadata__":{"a":"b"}}', '{"__metadata__":{"a":"b","a":"c"}}',
        '{"__metadata__":{"a":1}}', '{"__metadata__":{"a":null}}', '{"__metadata__":[]}', '{"__metadata__":"x"}',
        '{"__metadata__":{},"__metadata__":{}}', '{"__metadata__ ":%s}' % one, '{"\\u005f_metadata__":{}}', '{"a":%s}//' % one,
    ]
    headers += ['{"a":{"x":%s,%s}}' % (x, fields) for x in [
        "1", "-1", "-0", "+1", "01", "1.", ".5", "1e", "1e5", "1E+5", "1e-5", "0e9", "1e999", "-1e999", "1e-999", "0e999999999999",
        "1e999999999999", "1e-999999999999", "1" + "0" * 308, "1" + "0" * 309, "0." + "0" * 400 + "1", "NaN", "Infinity", "0x1", "--1",
        "true", "false", "null", "tru", "True", "nul", '"\\ud800"', '"\\udc00"', '"\\ud83d\\ude00"', '"\\ud83d\\u0041"', '"\\ud83dx"',
        '"\\u12g4"', '"\\x"', '"\\/\\b\\f\\n\\r\\t\\"\\\\"', '"\t"', '"\n"', '"\x1f"', '"\x7f"', '"\u2028"', '"\\u0000"', '"', "[", "]",
        "[1,]", "[,1]", "[1 2]", "{}", '{"y":[{}]}', '{"y":1,"y":2}', "{1:2}", '{"y"}',
    ]]
    headers += ['{"a":{"x":%s,%s}}' % ("[" * d + "]" * d, fields) for d in (1, 50, 124, 125, 126, 127, 128, 200)]
    headers += ['{"a":{"x":%s,%s}}' % ('{"y":' * d + "1" + "}" * d, fields) for d in (1, 124, 125, 126, 127)]
    headers += ['{"a":%s}' % entry(shape=s) for s in [
        "[]", "[1,1]", "[2]", "[0]", "[1.0]", "[1e0]", "[-0]", "[-1]", "[01]", '["1"]', "[null]", "[[1]]", "1", "null", "{}", '"[1]"', "[1,]",
        "[18446744073709551615,0]", "[18446744073709551616,0]", "[9223372036854775808]", "[4294967296,4294967296]",
        "[0,18446744073709551615]", "[1,true]", "[ 1 ]", "[1\n]", str([1] * 64), str([1] * 65), str([1] * 200),
    ]]
    headers += ['{"a":%s}' % entry(offsets=o) for o in [
        "[4,0]", "[0]", "[]", "[0,4,8]", "[0,4.0]", "[0,5]", "[0,3]", "[1,5]", "[-0,4]", "[4,8]", "[0,18446744073709551615]", "null", '"0,4"',
        '{"0":0,"1":4}', "[0,4e0]", "[0, 4]",
    ]]
    headers += ['{"a":%s}' % entry(dtype=d) for d in NAMES + ["f32", "F128", "", "float32", "F\\u00332", "F32 ", "F\\ud800"]]
    headers += ['{"a":{%s,"dtype":"F32"}}' % fields, '{"a":{%s,"x":1,"x":2}}' % fields, '{"a":{"shape":[1],"data_offsets":[0,4]}}',
                '{"a":{"dtype":"F32","data_offsets":[0,4]}}', '{"a":{"dtype":"F32","shape":[1]}}', '{"a":{"\\u0064type":"F32","shape":[1],"data_offsets":[0,4]}}']
    for size, name in zip([8, 4, 6, 6] + [8] * 7 + [16] * 4 + [32] * 3 + [64] * 4, NAMES):
        for elements in (0, 1, 2, 3, 4, 8):
            headers.append('{"a":%s}' % entry(name, "[%d]" % elements, "[0,%d]" % (elements * size // 8)))
    two = ['{"a":%s,"b":%s}' % (entry(offsets=a), entry(shape=s, offsets=b)) for a in ("[0,4]", "[4,8]", "[8,12]") for s, b in (
        ("[1]", "[0,4]"), ("[1]", "[4,8]"), ("[1]", "[2,6]"), ("[0]", "[0,0]"), ("[0]", "[4,4]"), ("[0]", "[2,2]"), ("[0]", "[8,8]"))]
    raw = [b'{"a\xff":%s}', b'{"a\xed\xa0\x80":%s}', b'{"a\xc0\x80":%s}', b'{"a\xf4\x90\x80\x80":%s}', b'{"a\xc3":%s}', b'{"\xc3\\u00a9":%s}',
           b'{"\\u00c3\xa9":%s}', b'{"a\xf0\x9f\x98\x80":%s}', b'{"a":%s}\xa0', b'{"a":%s}\xc2\xa0', b'{"a"\x0c:%s}', b'{"a"\x0b:%s}']
    for header in headers + two + [r % one.encode() for r in raw]:
        for length in (0, 1, 2, 3, 4, 8, 12, 16, 32, 64):
            yield file(header, bytes(length))
    yield from (b"", b"\0" * 7, b"\0" * 8, struct.pack("<Q", 100_000_001) + b"{}", struct.pack("<Q", 2**64 - 1) + b"{}",
                struct.pack("<Q", 2**63) + b"{}", struct.pack("<Q", 3) + b"{}", struct.pack("<Q", 1) + b"{}")


TOKENS = [t.encode() for t in [
    "{", "}", "[", "]", ",", ":", '"', "\\", "\\u", "\\ud800", " ", "\n", "0", "1", "-", ".", "e", "9" * 19, "null", "true", '"x":1,', "[0,4]",
    '"dtype"', '"shape"', '"data_offsets"', '"F32"', '"BF16"', '"F4"', "__metadata__", '"a":%s,' % entry(), "é", "[1,2,3]"]] + [b"\xff", b"\0", b"\x1f"]


def mutants(rng):
    bases = [
        file('{"a":%s}' % entry(), bytes(4)),
        file('{"__metadata__":{"k":"v"},"a":%s,"b":%s}  ' % (entry(), entry("BF16", "[2,3]", "[4,16]")), bytes(16)),
        file('{"x.y":{"dtype":"I64","extra":[1,{"y":null}],"shape":[],"data_offsets":[0,8]},"z":%s}' % entry("F4", "[2]", "[8,9]"), bytes(9)),
        file('{"e":%s,"f":%s,"g":%s}' % (entry("U8", "[0]", "[0,0]"), entry("U8", "[3]", "[0,3]"), entry("F64", "[0,7]", "[3,3]")), bytes(3)),
    ]
    while True:
        content = bytearray(rng.choice(bases))
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            position = rng.randrange(8, len(content) + 1)
            kind = rng.randrange(6)
            if kind == 0:
                content[position:position + 1] = bytes([rng.randrange(256)])
            elif kind == 1:
                content[position:position] = rng.choice(TOKENS)
            elif kind == 2:
                del content[position:position + rng.randrange(1, 6)]
            elif kind == 3:
                other = rng.randrange(8, len(content) + 1)
                content[position:position] = content[other:other + rng.randrange(1, 20)]
            elif kind == 4:
                digits = [i for i in range(8, len(content)) if 48 <= content[i] <= 57]
                if digits:
                    content[rng.choice(digits)] = rng.randrange(48, 58)
            else:
                content[position:position + rng.randrange(1, 4)] = rng.choice(TOKENS)
        if rng.random() < 0.9:  # mostly keep the length valid, so that the JSON decides
            end = content.rfind(b"}") + 1
            content[:8] = struct.pack("<Q", max(0, end - 8))
        yield bytes(content)


def structured(rng):
    """Well-formed headers, half of them with one error."""
    bits = dict(zip(NAMES, [8, 4, 6, 6] + [8] * 7 + [16] * 4 + [32] * 3 + [64] * 4))
    while True:
        tensors, offset = [], 0
        for i in range(rng.randrange(0, 5)):
            dtype = rng.choice(NAMES)
            shape = [rng.choice([0, 1, 1, 2, 3, 4, 8]) for _ in range(rng.randrange(0, 4))]
            if bits[dtype] < 8:
                shape.append(4)
            elements = 1
            for dimension in shape:
                elements *= dimension
            end = offset + elements * bits[dtype] // 8
            tensors.append([rng.choice(["w", "b.", "é", "\\n", "😀"]) + str(i), dtype, shape, offset, end])
            offset = end
        length = offset
        if tensors and rng.random() < 0.5:
            wrong = rng.choice(tensors)
            kind = rng.randrange(6)
            if kind == 0:
                wrong[1] = rng.choice(NAMES)
            elif kind == 1:
                wrong[2] = wrong[2] + [rng.choice([0, 1, 2, 2**32, 2**62, 2**63, 2**64 - 1])]
            elif kind == 2:
                wrong[3] += rng.choice([-1, 1])
            elif kind == 3:
                wrong[4] += rng.choice([-1, 1])
            elif kind == 4:
                length = max(0, length + rng.choice([-1, 1]))
            else:
                wrong[0] = rng.choice(tensors)[0]
        rng.shuffle(tensors)
        space = lambda: rng.choice(["", "", "", " ", "\n", "\t \r"])
        parts = []
        for name, dtype, shape, begin, end in tensors:
            fields = ['"dtype":%s"%s"' % (space(), dtype), '"shape"%s:%s' % (space(), shape),
                      '"data_offsets":[%d%s,%s%d]' % (begin, space(), space(), end)]
            if rng.random() < 0.2:
                fields.append('"%s":%s' % (rng.choice(["x", "y"]), rng.choice(["1", "-0.5e3", "null", '["a",{}]', '"\\u00e9"'])))
            rng.shuffle(fields)
            parts.append('"%s":%s{%s}' % (name, space(), ("," + space()).join(fields)))
        if rng.random() < 0.3:
            parts.insert(rng.randrange(len(parts) + 1), '"__metadata__":{%s}' % rng.choice(["", '"a":"b"', '"a":"b","c":"é"']))
        yield file("{" + ("," + space()).join(parts) + space() + "}" + " " * rng.choice([0, 0, 1, 7]), bytes(length))


def verdict(content):
    try:
        tensors = safetensors.deserialize(content)
    except Exception:
        return False, 0
    crc = 0
    for name, tensor in sorted(tensors, key=lambda item: item[0].encode()):
        crc = zlib.crc32(name.encode(), crc)
        crc = zlib.crc32(f"\0{tensor['dtype']}{tensor['shape']}\0".encode(), crc)
        crc = zlib.crc32(bytes(tensor["data"]), crc)
    return True, crc


def main(folder):
    (folder / "all-dtypes.safetensors").write_bytes(all_dtypes())
    rng = random.Random(SEED)
    inputs = dict.fromkeys(handcrafted())
    for _, content in zip(range(STRUCTURED), structured(rng)):
        inputs.setdefault(content)
    for mutant in mutants(rng):
        if len(inputs) == COUNT:
            break
        inputs.setdefault(mutant)
    accepted = 0
    with gzip.GzipFile(folder / "verdicts.bin.gz", "wb", mtime=0) as out:
        for content in inputs:
            ok, crc = verdict(content)
            accepted += ok
            out.write(struct.pack("<I", len(content)) + content + struct.pack("<BI", ok, crc))
    print(len(inputs), "inputs,", accepted, "accepted")


main(pathlib.Path(sys.argv[1]))
