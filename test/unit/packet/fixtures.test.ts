// Owns the comparison with the original: every packet of its event files gives exactly its packet line, with and without link layer.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { linkLayerText, text } from "./packet-text.js";

/** Beside the repository; this file runs from build/test/unit/packet. */
const FIXTURES = fileURLToPath(new URL("../../../../../shared/fixtures/retis-1.7", import.meta.url));

interface StoredEvent {
  readonly packet?: { readonly data: string };
  readonly skb?: { readonly vlan_accel?: unknown };
}

interface Expected {
  readonly line: number;
  readonly event: StoredEvent;
  readonly multi: string;
  readonly single: string;
  readonly linkLayer: string;
}

function load(name: string): readonly Expected[] {
  const read = (suffix: string) => readFileSync(join(FIXTURES, name + suffix), "utf8");
  const events = read(".json").trimEnd().split("\n");
  const blocks = read(".multi.txt").trimEnd().split("\n\n");
  const singles = read(".single.txt").trimEnd().split("\n");
  const linkLayers = read(".ll.txt").trimEnd().split("\n");
  assert.equal(blocks.length, events.length, "one block per event");
  assert.equal(singles.length, events.length, "one line per event");
  assert.equal(linkLayers.length, events.length, "one line with link layer per event");
  return events.map((text, i) => ({
    line: i + 1,
    event: JSON.parse(text) as StoredEvent,
    multi: blocks[i]!,
    // The one is printed with --utc, the other with the monotonic clock.
    single: singles[i]!.replace(/^\S+ \S+ /, ""),
    linkLayer: linkLayers[i]!.replace(/^\S+ /, ""),
  }));
}

/** The packet is the first section: the first line indented by two, behind stack frames indented by four. */
function packetLine(block: string): string {
  const line = block.split("\n").find((text) => /^ {2}\S/.test(text));
  assert.ok(line !== undefined, `no section in ${JSON.stringify(block)}`);
  return line.slice(2);
}

if (!existsSync(FIXTURES)) {
  it("packets of stored event files", { skip: "fixtures: no ../shared/fixtures" }, () => undefined);
} else {
  const names = readdirSync(FIXTURES)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length));
  describe("packets of stored event files", () => {
    for (const name of names) {
      it(name, () => {
        let packets = 0;
        for (const { line, event, multi, single, linkLayer } of load(name)) {
          if (event.packet === undefined) continue;
          packets++;
          const expected = packetLine(multi);
          const bytes = Buffer.from(event.packet.data, "base64");
          assert.equal(text(bytes), expected, `${name}.json:${line}`);

          const at = single.indexOf(` ${expected}`);
          assert.ok(at > 0, `${name}.single.txt:${line} has the packet of ${name}.multi.txt`);
          const before = single.slice(0, at + 1);
          const after = single.slice(at + 1 + expected.length);
          const withLinkLayer = linkLayerText(bytes);
          assert.equal(linkLayer.slice(0, before.length + withLinkLayer.length), before + withLinkLayer);
          // A VLAN tag kept in the skb is printed with the link layer only: then the rest differs.
          if (event.skb?.vlan_accel === undefined) {
            assert.equal(linkLayer, before + withLinkLayer + after, `${name}.ll.txt:${line}`);
          } else {
            assert.match(linkLayer.slice(before.length + withLinkLayer.length), /^( |$)/);
          }
        }
        assert.ok(packets > 0, `${name} has packets`);
      });
    }
  });
}
