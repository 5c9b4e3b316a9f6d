// What a handler sees of hand-made frames, field type by field type, and what `print` and `emit` make of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { arp, tcp4, udp6 } from "../handlers/made-frames.js";
import { output } from "./running.js";

const TCP = {
  time: 5_000_000_123n,
  cpu: 3,
  packet: { bytes: tcp4({ dport: 443, flags: 0x12 }) },
  sections: {
    task: { pid: 1234, tid: 1235, comm: "nginx", context: 2 },
    drop: { reason: 3, has_reason: 1, location: 0xffffffff81234567n },
    dev: { ifindex: 2, name: "eth0" },
    ns: { inum: 4026531840, cookie: 0x1_0000_0000_0001n, has_cookie: 1 },
    skb: { address: 0xffff888012345678n, len: 54, mark: 0xfffffff0 },
  },
} as const;

test("numbers, names and addresses, as print shows them", async () => {
  const text = await output("print(comm, pid, ip.saddr, '->', ip.daddr, tcp.dport, drop.reason, dev.name, cpu)", [TCP]);
  assert.equal(text, "nginx 1234 10.0.0.1 -> 192.168.1.200 443 NO_SOCKET eth0 3\n");
});
