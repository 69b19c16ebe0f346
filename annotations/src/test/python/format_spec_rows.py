"""Writes format-spec-rows.tsv: what CPython's format() makes of seeded (spec, value) pairs.

    python3 format_spec_rows.py > ../resources/dev/rivulet/policy/format-spec-rows.tsv

Columns: kind (long, double), spec, value (integer digits, or the double's hexadecimal form), result. An
exclamation mark alone stands for ValueError; every other result is led by "=".
"""

import math
import platform
import random
import struct
import sys

RANDOM = random.Random(20260101)

SPECIAL_DOUBLES = [
    0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 0.5, 1.5, 2.5, 0.1, 0.03, 0.9, 1e15, 1e16, 1e17, 123456789.0,
    9999999.5, 0.99999999, 0.0001, 0.00001, 1e-5, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 2e-3, 2e23,
    1.0e23, 8.41e21, 2.0e-44, 2.0**-44, 2.0**-24, 9007199254740993.0, 4.35, 0.000244140625, 1.0000000000000002,
]  # fmt: skip
SPECIAL_LONGS = [0, 1, -1, 7, 9, 10, 42, 65, 97, 255, 256, 999, 1000, 1234567, -1234567, 2**31, 2**63 - 1, -(2**63)]


def random_double():
    kind = RANDOM.randrange(8)
    if kind == 0:
        return RANDOM.choice(SPECIAL_DOUBLES)
    if kind == 1:  # any bits
        return struct.unpack("<d", struct.pack("<Q", RANDOM.getrandbits(64)))[0]
    if kind == 2:  # a float32 widened, as a logged metric is
        return struct.unpack("<f", struct.pack("<f", RANDOM.uniform(-10, 10)))[0]
    if kind == 3:  # near a power of two, where the rounding interval is lopsided
        power = 2.0 ** RANDOM.randrange(-1074, 1024)
        return RANDOM.choice([power, math.nextafter(power, 0), math.nextafter(power, math.inf)])
    if kind == 4:  # ties
        return RANDOM.randrange(-4000, 4000) / RANDOM.choice([2, 4, 8, 16, 32, 1000])
    if kind == 5:
        return float(RANDOM.randrange(-(10**RANDOM.randrange(1, 18)), 10**RANDOM.randrange(1, 18)))
    return RANDOM.uniform(-1, 1) * 10.0 ** RANDOM.randrange(-12, 20)


def random_long():
    if RANDOM.randrange(4) == 0:
        return RANDOM.choice(SPECIAL_LONGS)
    bound = 1 << RANDOM.randrange(1, 63)
    return RANDOM.randrange(-bound, bound)


def maybe(choices, chance):
    return RANDOM.choice(choices) if RANDOM.random() < chance else ""


def random_spec(types):
    fill = maybe(["*", "0", " ", "x", "é", "\U0001f600", "<", "."], 0.3)
    align = RANDOM.choice("<>=^") if fill else maybe("<>=^", 0.2)
    return (
        fill
        + align
        + maybe("+- ", 0.3)
        + maybe("z", 0.08)
        + maybe("#", 0.15)
        + maybe("0", 0.25)
        + maybe([str(RANDOM.randrange(1, 40))], 0.6)
        + maybe([",", "_"], 0.25)
        + maybe(["." + str(RANDOM.randrange(0, 20))], 0.5)
        + maybe(types, 0.85)
    )


def row(kind, spec, value):
    shown = value.hex() if isinstance(value, float) else str(value)
    fields = [kind, spec, shown]
    try:
        fields.append("=" + format(value, spec))
    except (ValueError, OverflowError):
        fields.append("!")
    print("\t".join(fields))


def main():
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    print("# CPython " + platform.python_version())
    for value in SPECIAL_DOUBLES:
        for spec in ["", ".3f", "e", "g", ".0f", "#.0e", "%", "z.1f", ".17g", "08.2f", "n", ".5"]:
            row("double", spec, value)
    for value in SPECIAL_LONGS:
        for spec in ["", "d", "02d", ",", "_x", "#X", "b", ".2f", "+", "e", "#o", "n", "%"]:
            row("long", spec, value)
    for _ in range(1200):
        row("double", "", random_double())
    for _ in range(2600):
        row("double", random_spec(list("eEfFgG%n") * 2 + list("dxs")), random_double())
    for _ in range(1600):
        row("long", random_spec(list("dnboxX") * 2 + list("efgGE%s")), random_long())
    for _ in range(60):
        row("long", random_spec(["c"]), RANDOM.choice([33, 65, 8364, 128512, 1114111, 1114112, -1]))


main()
