// The JSON Schema takes every line that there is, in ajv's judgement, and refuses each with anything wrong in it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { eventSchema } from "../../../compiler/schema/event/json-schema.js";
import { EVENTS } from "./events.js";
import { FIXTURES, file, fixtureLines, fixtures, read, STARTUP, skip } from "./reading.js";

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(eventSchema());

const accepts = (event: unknown): boolean => validate(event);

for (const name of FIXTURES) {
  test(`${name}: every line is valid, alone and in a series`, { skip: fixtures === null }, () => {
    const events: unknown[] = fixtureLines(name).map((line): unknown => JSON.parse(line));
    for (const event of events) assert.ok(accepts(event), JSON.stringify([validate.errors, event]));
    assert.ok(accepts(events));
  });
}

test("events of every section are valid, and what we write of them", { skip }, async () => {
  for (const line of EVENTS) assert.ok(accepts(JSON.parse(line)) || line.includes('"later"'), line);
  const ours =
    '{"common":{"timestamp":5,"smp_id":0,"task":{"pid":1,"tgid":2,"comm":"a","context":"softirq"}},"skb-drop":{"drop_reason":"NO_SOCKET","location":"tcp_v4_rcv+0x9e"},"packet":{"len":300,"capture_len":3,"start":"l3","data":"RQAA"}}';
  const { events, lines } = await read(file(ours));
  for (const line of [...events, ...lines])
    assert.ok(accepts(JSON.parse(line)), JSON.stringify([validate.errors, line]));
});

/** Members that an event may lack. */
const OPTIONAL =
  /^(smp_id|task|stack_trace|subsys|location|context|start|truncated|cookie|rx_ifindex|vlan_accel|meta|data_ref|gso|verdict_chain_name|rule_handle|proto_state|mark|labels|parent|nat|dir|min_addr|max_addr|min_port|max_port|recirc_id|queue_id|dpflow|ofpflows|split_file)$/;

/** Keys that no event need have, of which `queue_id` and the flows are optional in one kind of event only. */
const dependsOnEvent = (key: string, event: string): boolean =>
  (key === "queue_id" && !event.includes('"action_execute"')) ||
  ((key === "dpflow" || key === "ofpflows") && event.includes("ovs-detrace"));

type Path = readonly (string | number)[];

/** Every object and value within. */
function* paths(value: unknown, path: Path = []): Generator<readonly [Path, unknown]> {
  yield [path, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* paths(inner, [...path, Array.isArray(value) ? Number(key) : key]);
}

/** A copy of the event with the place changed. */
function changed(
  event: unknown,
  path: Path,
  change: (holder: Record<string | number, unknown>, key: string | number) => void,
): unknown {
  const copy: unknown = structuredClone(event);
  let holder = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) holder = holder[step] as Record<string | number, unknown>;
  change(holder, path.at(-1) ?? "");
  return copy;
}

/** Values that no member of this type may have. */
function wrongFor(value: unknown): readonly unknown[] {
  if (typeof value === "number") return ["7", null, true, 1.5, -(2 ** 70), 2 ** 70, [], {}];
  if (typeof value === "string") return [7, null, false, [], {}];
  if (typeof value === "boolean") return [0, "true", null];
  return [7, "x", null, true];
}

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

test("anything wrong is refused", () => {
  let tried = 0;
  for (const line of [STARTUP, ...EVENTS.filter((one) => one.startsWith("{"))]) {
    const event: unknown = JSON.parse(line);
    for (const [path, value] of paths(event)) {
      if (path.length === 0) continue;
      const where = `${path.join(".")} of ${line.slice(0, 80)}`;
      for (const wrong of wrongFor(value)) {
        const broken = changed(event, path, (holder, key) => {
          holder[key] = wrong;
        });
        assert.ok(!accepts(broken), `${where} = ${JSON.stringify(wrong)}`);
        tried++;
      }
      if (isObject(value)) {
        const broken = changed(event, path, (holder, key) => {
          holder[key] = { ...(holder[key] as object), surprise: 1 };
        });
        assert.ok(!accepts(broken), `${where} with a key more`);
      }
      const key = path.at(-1);
      if (typeof key !== "string" || path.length === 1) continue;
      const without = changed(event, path, (holder, last) => {
        delete holder[last];
      });
      const optional = OPTIONAL.test(key) && !dependsOnEvent(key, line);
      assert.equal(accepts(without), optional, `${where} left out`);
      tried++;
    }
  }
  assert.ok(tried > 500, `${tried}`);
});

test("numbers have the bounds of their type", () => {
  const at = (section: object): object => ({ common: { timestamp: 1 }, ...section });
  assert.ok(accepts(at({ netns: { inum: 4294967295 } })));
  assert.ok(!accepts(at({ netns: { inum: 4294967296 } })));
  assert.ok(!accepts(at({ netns: { inum: -1 } })));
  assert.ok(accepts(at({ "skb-tracking": { orig_head: Number(2n ** 64n - 1n), timestamp: 0, skb: 0 } })));
  assert.ok(!accepts(at({ ovs: { event_type: "upcall", cmd: 256, port: 0, cpu: 0 } })));
  assert.ok(!accepts({ dev: { name: "a", ifindex: 1 } }));
  assert.ok(!accepts([]));
  assert.ok(!accepts([[{ common: { timestamp: 1 } }]]));
});
