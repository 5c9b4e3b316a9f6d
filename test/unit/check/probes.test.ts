// Attach points: declared names, tracepoints, wildcards, alternatives, options.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { kernelBefore, kernelWith } from "../../kernel-facts.js";
import { checkText, findings, type Given, sound } from "./checking.js";

const probes = (text: string, given: Given = {}): readonly (readonly string[])[] =>
  sound(text, given).handlers.map((handler) => handler.probes.map((probe) => probe.tracepoint.name));

describe("probes", () => {
  it("of the prelude stand for tracepoints", () => {
    assert.deepEqual(probes("on drop print on packet print on retransmit, reset, consume print"), [
      ["skb:kfree_skb"],
      ["net:netif_receive_skb", "net:net_dev_start_xmit"],
      ["tcp:tcp_retransmit_skb", "tcp:tcp_send_reset", "skb:consume_skb"],
    ]);
  });

  it("are tracepoints with or without `tp:`", () => {
    assert.deepEqual(probes("on tp:net:netif_rx print on net:netif_rx print on t:net:netif_rx print"), [
      ["net:netif_rx"],
      ["net:netif_rx"],
      ["net:netif_rx"],
    ]);
  });

  it("match wildcards within a part", () => {
    assert.deepEqual(probes("on net:netif_* print on net:netif_r? print on *:*_skb where ip print"), [
      ["net:netif_receive_skb", "net:netif_rx"],
      ["net:netif_rx"],
      ["skb:kfree_skb", "skb:consume_skb", "net:netif_receive_skb", "tcp:tcp_retransmit_skb"],
    ]);
  });

  it("take the first alternative that there is", () => {
    assert.deepEqual(
      probes(
        "on tp:no:such || net:netif_rx || drop print on kprobe:ip_rcv || rx print on no:* || drop print",
      ),
      [["net:netif_rx"], ["net:netif_receive_skb"], ["skb:kfree_skb"]],
    );
  });

  it("named twice hit once, under the first name", () => {
    const { handlers } = sound("on rx, net:netif_receive_skb, packet print");
    assert.deepEqual(
      handlers[0]?.probes.map((probe) => [probe.tracepoint.name, probe.writtenAs]),
      [
        ["net:netif_receive_skb", "rx"],
        ["net:net_dev_start_xmit", "packet"],
      ],
    );
  });

  it("of the script hide the prelude's", () => {
    assert.deepEqual(probes("probe drop = net:netif_rx on drop print"), [["net:netif_rx"]]);
  });

  it("come from options", () => {
    const text = "option where_at: probe = drop on $where_at print";
    assert.deepEqual(probes(text), [["skb:kfree_skb"]]);
    assert.deepEqual(probes(text, { options: { "where-at": "rx" } }), [["net:netif_receive_skb"]]);
    assert.deepEqual(probes(text, { options: { where_at: "tp:net:netif_rx" } }), [["net:netif_rx"]]);
    assert.deepEqual(probes(text, { options: { where_at: "net:*rx" } }), [["net:netif_rx"]]);
    assert.deepEqual(findings(text, { options: { where_at: "dorp" } }), ["E0208 dorp"]);
  });

  it("by wildcard need the list of tracepoints", () => {
    const kernel = kernelWith({ tracepoints: [] });
    const [message] = checkText("on tcp:* print", { kernel }).diagnostics;
    assert.equal(message?.code, "E0210");
    assert.match(message.message, /not readable/);
    assert.match(message.help ?? "", /root/);
  });

  it("of the prelude are missed only where they are used", () => {
    const kernel = {
      ...kernelBefore,
      tracepoint: (name: string) => (name.startsWith("tcp:") ? null : kernelBefore.tracepoint(name)),
    };
    assert.deepEqual(probes("on drop print", { kernel }), [["skb:kfree_skb"]]);
    assert.deepEqual(findings("on retransmit print", { kernel }), ["E0208 retransmit"]);
  });

  it("that are declared wrong are reported once", () => {
    assert.deepEqual(findings("probe mine = net:no_such, drop on mine print on mine, drop print"), [
      "E0208 net:no_such",
    ]);
  });

  it("in a circle of three are reported once", () => {
    const found = findings("probe a = b probe b = c probe c = a, drop on a print on b print");
    assert.deepEqual(found, ["E0207 a"]);
  });
});
