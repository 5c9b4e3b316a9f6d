// The table that finds a packet's series: against a Map, with keys that crowd each other, and entries taken out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PacketTable } from "../../../runtime/store/sort/packet-table.js";
import { randomFrom, seedOf } from "../packet/random.js";

test("a table of packets has what a Map has", (t) => {
  const random = randomFrom(seedOf(t));
  const below = (limit: number): number => Math.floor(random() * limit);
  const table = new PacketTable();
  const map = new Map<string, number>();
  type Key = [number, number, number, number];
  const key = (): Key => [below(40), below(3), below(60) * 4096, below(2)];
  for (let step = 0; step < 60_000; step++) {
    const one = key();
    const name = one.join();
    if (below(4) === 0) {
      table.delete(...one);
      map.delete(name);
    } else if (below(2) === 0) {
      table.set(...one, step);
      map.set(name, step);
    }
    assert.equal(table.get(...one), map.get(name) ?? -1);
  }
  for (const [name, value] of map) assert.equal(table.get(...(name.split(",").map(Number) as Key)), value);
  for (let more = 0; more < 100_000; more++) table.set(more, 7, more * 3, 9, more);
  for (let more = 0; more < 100_000; more++) assert.equal(table.get(more, 7, more * 3, 9), more);
});
