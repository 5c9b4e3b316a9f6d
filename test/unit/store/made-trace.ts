// Made-up traces as Retis' JSON: packets whose events interleave, upcalls of Open vSwitch, events of no packet, flows
// that are explained later. And the series that they are to be sorted into, worked out from the JSON alone.

/** An event as the tests need it; numbers are small enough for doubles. */
export interface MadeEvent {
  readonly common: { readonly timestamp: number };
  readonly kernel?: { readonly symbol: string; readonly probe_type: string };
  readonly "skb-tracking"?: Id;
  readonly ovs?: Ovs;
  readonly "ovs-detrace"?: Detrace;
  readonly startup?: object;
  readonly tracking?: { readonly skb: Id; readonly idx: number };
}

interface Id {
  readonly orig_head: number;
  readonly timestamp: number;
  readonly skb: number;
}

interface Detrace extends Flow {
  readonly dpflow: string;
  readonly ofpflows: readonly string[];
}

interface Flow {
  readonly ufid: readonly number[];
  readonly flow: number;
  readonly sf_acts: number;
}

type Ovs = { readonly event_type: string } & Readonly<Record<string, unknown>>;

export const START: MadeEvent = {
  common: { timestamp: 5 },
  startup: {
    retis_version: "v1.7.0",
    cmdline: "retis collect",
    clock_monotonic_offset: { sec: 1, nsec: 2 },
    machine: { kernel_release: "6.12.0", kernel_version: "#1", hardware_name: "x86_64" },
  },
};

const flowOf = (number: number): Flow => ({
  ufid: [number, 2, 3, 4],
  flow: 1000 + number,
  sf_acts: 2000 + number,
});

export function madeTrace(below: (limit: number) => number, count: number): MadeEvent[] {
  const events: MadeEvent[] = [START];
  const packets: Id[] = [];
  const upcalls: { readonly ts: number; readonly cpu: number }[] = [];
  const queues: number[] = [];
  let time = 100;
  const pick = <T>(list: readonly T[]): T | undefined => list[below(Math.max(1, list.length))];
  const packet = (): Id => {
    const old = below(3) > 0 ? pick(packets.slice(-6)) : undefined;
    if (old !== undefined) return { ...old, skb: old.skb + below(3) };
    // Several packets may be seen first at the same time, and one address be used again.
    const id = { orig_head: 4096 * (1 + below(8)), timestamp: time - below(4), skb: 100 * time };
    packets.push(id);
    return id;
  };
  while (events.length < count) {
    time += below(5);
    const common = { timestamp: time };
    const kernel = { symbol: pick(["ip_rcv", "net:netif_rx", "ovs_dp_upcall"]) ?? "", probe_type: "kprobe" };
    const plain = { common, kernel, "skb-tracking": packet() };
    const queue = { queue_id: below(8) === 0 ? 77 : (pick(queues) ?? 77) };
    const upcall = below(8) === 0 ? { ts: 1, cpu: 1 } : (pick(upcalls) ?? { ts: 1, cpu: 1 });
    const joined = { upcall_ts: upcall.ts, upcall_cpu: upcall.cpu };
    switch (below(12)) {
      case 0:
        events.push({ common, kernel });
        break;
      case 1: {
        const cpu = below(2);
        upcalls.push({ ts: time, cpu });
        events.push({ ...plain, ovs: { event_type: "upcall", cmd: 1, port: 1, cpu } });
        break;
      }
      case 2:
        queues.push(below(6));
        events.push({
          ...plain,
          ovs: { event_type: "upcall_enqueue", ret: 0, cmd: 1, port: 1, ...joined, queue_id: queues.at(-1) },
        });
        break;
      case 3:
        events.push({ ...plain, ovs: { event_type: "upcall_return", ...joined, ret: 0 } });
        break;
      case 4:
        events.push({
          common,
          kernel,
          ovs: {
            event_type: "recv_upcall",
            type: 1,
            pkt_size: 9,
            key_size: 9,
            ...queue,
            batch_ts: 1,
            batch_idx: 0,
          },
        });
        break;
      case 5:
        events.push({
          common,
          kernel,
          ovs: { event_type: "flow_operation", op_type: "put", ...queue, batch_ts: 1, batch_idx: 0 },
        });
        break;
      case 6:
        events.push({
          ...plain,
          ovs: { event_type: "action_execute", action: "output", port: 2, recirc_id: 0, ...queue },
        });
        break;
      case 7:
        events.push({
          ...plain,
          ovs: {
            event_type: "flow_lookup",
            ...flowOf(below(3)),
            n_mask_hit: 1,
            n_cache_hit: 0,
            dpflow: "",
            ofpflows: [],
          },
        });
        break;
      case 8:
        if (below(3) === 0)
          events.push({
            common,
            "ovs-detrace": { ...flowOf(below(3)), dpflow: `flow at ${time}`, ofpflows: [`rule ${time}`] },
          });
        break;
      default:
        events.push(plain);
    }
  }
  return events;
}

interface Info {
  readonly skb: Id;
  idx: number;
}

const idOf = ({ timestamp, orig_head }: Id): string => `${timestamp}/${orig_head}`;

/** As Retis' documentation tells it, event by event; what lacks its other half is taken by its own id. */
export function expectedSeries(events: readonly MadeEvent[], maxBuffer: number): MadeEvent[][] {
  const ids = new Map<string, Info>();
  const upcalls = new Map<string, Info>();
  const queues = new Map<unknown, Info>();
  const flows = new Map<string, Detrace>();
  const waiting = new Map<string, { info: Info; events: MadeEvent[] }>();
  const alone: MadeEvent[] = [];
  const series: MadeEvent[][] = [];
  const plain = ({ "skb-tracking": id }: MadeEvent): Info | null => {
    if (id === undefined) return null;
    const known = ids.get(idOf(id));
    if (known !== undefined) return known;
    const info = { skb: id, idx: -1 };
    ids.set(idOf(id), info);
    return info;
  };
  const infoOf = (event: MadeEvent): Info | null => {
    const { ovs } = event;
    const upcall = `${String(ovs?.["upcall_ts"])}/${String(ovs?.["upcall_cpu"])}`;
    switch (ovs?.event_type) {
      case "upcall": {
        const info = plain(event);
        if (info !== null) upcalls.set(`${event.common.timestamp}/${String(ovs["cpu"])}`, info);
        return info;
      }
      case "upcall_enqueue": {
        const info = upcalls.get(upcall) ?? plain(event);
        if (info !== null) queues.set(ovs["queue_id"], info);
        return info;
      }
      case "upcall_return": {
        const info = plain(event);
        upcalls.delete(upcall);
        return info;
      }
      case "recv_upcall":
      case "flow_operation":
        return queues.get(ovs["queue_id"]) ?? plain(event);
      case "action_execute": {
        const info = queues.get(ovs["queue_id"]) ?? plain(event);
        const id = event["skb-tracking"];
        if (id !== undefined && info !== null) ids.set(idOf(id), info);
        return info;
      }
      default:
        return plain(event);
    }
  };
  const enriched = (event: MadeEvent): MadeEvent => {
    if (event.ovs?.event_type !== "flow_lookup") return event;
    const { ufid, flow, sf_acts } = event.ovs as unknown as Flow;
    const detail = flows.get(`${ufid.join()}/${flow}/${sf_acts}`);
    if (detail === undefined) return event;
    return { ...event, ovs: { ...event.ovs, dpflow: detail.dpflow, ofpflows: detail.ofpflows } };
  };
  const oldest = (): void => {
    const [first] = [...waiting].sort(
      ([, a], [, b]) =>
        a.info.skb.timestamp - b.info.skb.timestamp || a.info.skb.orig_head - b.info.skb.orig_head,
    );
    const [loner] = alone;
    if (
      first !== undefined &&
      (loner === undefined || first[1].info.skb.timestamp < loner.common.timestamp)
    ) {
      waiting.delete(first[0]);
      series.push(first[1].events.map(enriched));
    } else if (loner !== undefined) series.push([enriched(alone.shift() ?? loner)]);
  };
  const buffered = (): number =>
    [...waiting.values()].reduce((sum, { events: members }) => sum + members.length, alone.length);
  for (const event of events) {
    const detail = event["ovs-detrace"];
    if (detail !== undefined) flows.set(`${detail.ufid.join()}/${detail.flow}/${detail.sf_acts}`, detail);
    const info = infoOf(event);
    if (event.startup !== undefined) {
      series.push([event]);
      continue;
    }
    if (info === null) alone.push(event);
    else {
      info.idx++;
      const placed = { ...event, tracking: { skb: info.skb, idx: info.idx } };
      const group = waiting.get(idOf(info.skb));
      if (group === undefined) waiting.set(idOf(info.skb), { info, events: [placed] });
      else group.events.push(placed);
    }
    while (buffered() >= maxBuffer) oldest();
  }
  while (buffered() > 0) oldest();
  return series;
}
