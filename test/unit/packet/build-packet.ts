// Owns the bytes of test packets: each function makes one header around its payload, with lengths filled in.
// Checksums stay zero: packet text does not look at them.

export function bytes(...parts: readonly (number | string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === "number"
        ? Buffer.of(part)
        : typeof part === "string"
          ? Buffer.from(part.replaceAll(/\s/g, ""), "hex")
          : part,
    ),
  );
}

export function u16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value);
  return buffer;
}

export function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

/** From 02:00:00:00:00:01 to 02:00:00:00:00:02. */
export function ethernet(etherType: number, payload: Uint8Array): Buffer {
  return bytes("020000000002 020000000001", u16(etherType), payload);
}

export function vlan(tag: number, etherType: number, payload: Uint8Array): Buffer {
  return bytes(u16(tag), u16(etherType), payload);
}

export interface Ipv4Fields {
  readonly tos?: number;
  readonly totalLength?: number;
  readonly fragment?: number;
  readonly options?: Uint8Array;
  readonly headerWords?: number;
}

/** From 10.0.0.1 to 10.0.0.2, ttl 64, id 7. */
export function ipv4(protocol: number, payload: Uint8Array, fields: Ipv4Fields = {}): Buffer {
  const options = fields.options ?? Buffer.alloc(0);
  const words = fields.headerWords ?? 5 + options.length / 4;
  const totalLength = fields.totalLength ?? 20 + options.length + payload.length;
  return bytes(
    0x40 | words,
    fields.tos ?? 0,
    u16(totalLength),
    u16(7),
    u16(fields.fragment ?? 0),
    64,
    protocol,
    u16(0),
    "0a000001 0a000002",
    options,
    payload,
  );
}

/** From fd00::1 to fd00::2, hop limit 64. */
export function ipv6(
  nextHeader: number,
  payload: Uint8Array,
  fields: { readonly trafficClass?: number; readonly label?: number; readonly payloadLength?: number } = {},
): Buffer {
  const first = 0x6000_0000 + (fields.trafficClass ?? 0) * 0x10_0000 + (fields.label ?? 0);
  return bytes(
    u32(first),
    u16(fields.payloadLength ?? payload.length),
    nextHeader,
    64,
    "fd000000000000000000000000000001",
    "fd000000000000000000000000000002",
    payload,
  );
}

/** From port 1000 to `port`. */
export function udp(port: number, payload: Uint8Array): Buffer {
  return bytes(u16(1000), u16(port), u16(8 + payload.length), u16(0), payload);
}

/** From port 1000 to port 80, seq 100, ack 200, win 500. */
export function tcp(
  flags: number,
  options: Uint8Array,
  payload: Uint8Array = Buffer.alloc(0),
  fields: { readonly headerWords?: number; readonly reserved?: number; readonly sequence?: number } = {},
): Buffer {
  const words = fields.headerWords ?? 5 + options.length / 4;
  return bytes(
    u16(1000),
    u16(80),
    u32(fields.sequence ?? 100),
    u32(200),
    (words << 4) | (fields.reserved ?? 0),
    flags,
    u16(500),
    u32(0),
    options,
    payload,
  );
}

export function sctp(...chunks: readonly Uint8Array[]): Buffer {
  return bytes(u16(1000), u16(5060), u32(0xabcd), u32(0), ...chunks);
}

/** Padded to four bytes, which its length does not count. */
export function chunk(type: number, flags: number, value: Uint8Array): Buffer {
  return bytes(type, flags, u16(4 + value.length), value, Buffer.alloc((4 - (value.length % 4)) % 4));
}
