// Owns the byte writer's contract: each method writes what the language's own conversion gives, across growth and rewinding.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { literal } from "../../../runtime/packet/literal.js";
import { TextWriter } from "../../../runtime/packet/text-writer.js";
import { randomFrom, seedOf } from "./random.js";

function written(write: (out: TextWriter) => void): string {
  const out = new TextWriter(64);
  write(out);
  return out.take().toString("utf8");
}

describe("text writer", () => {
  it("writes decimal numbers around every power of ten and two", () => {
    const values = [0, Number.MAX_SAFE_INTEGER];
    for (let power = 1; power <= 9e15; power *= 10) values.push(power - 1, power, power + 1);
    for (let power = 2; power < 2 ** 53; power *= 2) values.push(power - 1, power, power + 1);
    for (const value of values) {
      assert.equal(
        written((out) => out.dec(value)),
        String(value),
      );
      if (value < 2 ** 32)
        assert.equal(
          written((out) => out.field(literal(" id "), value | 0)),
          ` id ${value}`,
        );
      if (value > 0)
        assert.equal(
          written((out) => out.dec(-value)),
          String(-value),
        );
    }
  });

  it("writes random numbers in every form", (t) => {
    const random = randomFrom(seedOf(t));
    for (let i = 0; i < 20_000; i++) {
      const bits = 1 + Math.floor(random() * 53);
      const value = Math.floor(random() * 2 ** bits);
      const high = (random() * 2 ** (random() * 32)) >>> 0;
      const low = (random() * 2 ** 32) >>> 0;
      const big = (BigInt(high) << 32n) | BigInt(low);
      const width = 1 + Math.floor(random() * 16);
      assert.equal(
        written((out) => {
          out.dec(value);
          out.char(0x20);
          out.hex(value);
          out.char(0x20);
          out.hexPadded(value, width);
          out.char(0x20);
          out.decBig(big);
          out.char(0x20);
          out.dec64(high, low);
          out.char(0x20);
          out.hexBig(big);
          out.char(0x20);
          out.hex64(high, low);
          out.char(0x20);
          out.hex64Padded(high, low);
        }),
        `${value} ${value.toString(16)} ${value.toString(16).padStart(width, "0")} ${big} ${big} ` +
          `${big.toString(16)} ${big.toString(16)} ${big.toString(16).padStart(16, "0")}`,
      );
    }
  });

  it("writes bigints at their borders", () => {
    const values = [
      0n,
      2n ** 53n - 1n,
      2n ** 53n,
      10n ** 15n,
      10n ** 18n,
      2n ** 64n - 1n,
      2n ** 64n,
      2n ** 127n,
    ];
    for (const value of values) {
      assert.equal(
        written((out) => out.decBig(value)),
        String(value),
      );
      assert.equal(
        written((out) => out.decBig(-value)),
        String(-value),
      );
      assert.equal(
        written((out) => out.hexBig(value)),
        value.toString(16),
      );
    }
    assert.equal(
      written((out) => out.dec64(0xffff_ffff, 0xffff_ffff)),
      "18446744073709551615",
    );
  });

  it("writes addresses", () => {
    const source = Buffer.from("00ff0a0102aabb7f00c8", "hex");
    assert.equal(
      written((out) => out.mac(source, 1)),
      "ff:0a:01:02:aa:bb",
    );
    assert.equal(
      written((out) => out.ipv4(source, 6)),
      "187.127.0.200",
    );
    assert.equal(
      written((out) => out.hexBytes(source, 0, 3)),
      "00ff0a",
    );
    for (let octet = 0; octet < 256; octet++) {
      assert.equal(
        written((out) => out.ipv4(Buffer.of(octet, 0, 10, octet), 0)),
        `${octet}.0.10.${octet}`,
      );
    }
  });

  it("compresses IPv6 addresses as RFC 5952 says", () => {
    const ipv6 = (groups: readonly number[]) => {
      const source = Buffer.alloc(17);
      groups.forEach((group, i) => {
        source.writeUInt16BE(group, 1 + 2 * i);
      });
      return written((out) => out.ipv6(source, 1));
    };
    // Which groups are zero decides: all 256 shapes, against the URL parser's serializer, which has the same rule.
    for (let shape = 0; shape < 256; shape++) {
      const groups = Array.from({ length: 8 }, (_, i) => ((shape >> i) & 1) * (0x1 << (2 * i)));
      const full = groups.map((group) => group.toString(16)).join(":");
      assert.equal(`[${ipv6(groups)}]`, new URL(`http://[${full}]/`).hostname);
    }
    assert.equal(ipv6([0, 0, 0, 0, 0, 0xffff, 0x0102, 0xff04]), "::ffff:1.2.255.4");
    assert.equal(ipv6([0, 0, 0, 0, 0, 0xffff, 0, 0]), "::ffff:0.0.0.0");
    assert.equal(ipv6([0, 0, 0, 0, 0, 0, 0x0102, 0x0304]), "::102:304");
    assert.equal(ipv6([0, 0, 0, 0, 1, 0xffff, 0x0102, 0x0304]), "::1:ffff:102:304");
    assert.equal(ipv6([0x2001, 0xdb8, 0, 1, 1, 1, 1, 1]), "2001:db8:0:1:1:1:1:1");
    assert.equal(ipv6([0x2001, 0, 0, 1, 0, 0, 0, 1]), "2001:0:0:1::1");
    assert.equal(ipv6([0x2001, 0xdb8, 0, 0, 1, 0, 0, 1]), "2001:db8::1:0:0:1");
  });

  it("writes text of any length and script", () => {
    const long = "0123456789".repeat(40);
    for (const value of ["", "a", "eth0", "grüße", "日本", "a\u{1f980}b", long, `${long}é`]) {
      assert.equal(
        written((out) => {
          out.char(0x5b);
          out.utf8(value);
          out.char(0x5d);
        }),
        `[${value}]`,
      );
    }
    assert.equal(
      written((out) => out.utf8("x\ud800y")),
      "x\ufffdy",
    );
    assert.equal(
      written((out) => out.ascii(long)),
      long,
    );
  });

  it("copies bytes, short and long", () => {
    const source = Buffer.from(Array.from({ length: 300 }, (_, i) => i & 0xff));
    for (const [start, end] of [
      [0, 0],
      [5, 4],
      [7, 8],
      [0, 47],
      [0, 48],
      [3, 300],
    ] as const) {
      const out = new TextWriter(64);
      out.bytes(source, start, end);
      assert.deepEqual(out.take(), source.subarray(start, Math.max(start, end)));
    }
  });

  it("grows by itself and keeps what was written", () => {
    const out = new TextWriter(64);
    let expected = "";
    for (let i = 0; i < 10_000; i++) {
      out.dec(i);
      out.ascii(", ");
      expected += `${i}, `;
    }
    assert.equal(out.length, expected.length);
    assert.equal(out.take().toString("latin1"), expected);
    assert.equal(out.buffer.subarray(0, out.length).toString("latin1"), expected);
  });

  it("forgets what is rewound and starts anew after reset", () => {
    const out = new TextWriter();
    out.ascii("kept");
    const mark = out.mark();
    out.ascii(" dropped");
    out.rewind(mark);
    out.ascii("!");
    assert.equal(out.take().toString(), "kept!");
    out.rewind(1000);
    assert.equal(out.length, 5, "rewinding goes back only");
    out.reset();
    assert.equal(out.take().length, 0);
    out.ascii("new");
    assert.equal(out.take().toString(), "new");
  });
});
