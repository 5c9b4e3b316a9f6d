// Network namespaces for kernel cases: a topology's name becomes namespaces, devices and addresses, removed again
// after the case, at the end of the process and, after a kill, by the next run.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

/** Where `ip netns` keeps them. */
const NETNS = "/run/netns";

export const topologyNames = ["none", "two_ns", "bridge", "three_ns"] as const;
export type TopologyName = (typeof topologyNames)[number];

export interface Topology {
  /** `ns1`, `ns2`, … as cases call them → path of the namespace. */
  readonly namespaces: ReadonlyMap<string, string>;
  /** Cases are written for subnet 0 (10.77.0.0/24, fd00:77::/64); this run's are its own, so that runs do not mix. */
  localize(text: string): string;
  remove(): void;
}

const MAC = (host: number): string => `02:00:00:00:77:0${host}`;

/** `retis-PID-N-ns1`: the owner is in the name, so that the next run knows what nobody will remove. */
const prefixOf = (owner: number): string => `retis-${owner}-`;

const ip = (lines: readonly string[], namespace?: string): void => {
  const where = namespace === undefined ? [] : ["-n", namespace];
  execFileSync("ip", [...where, "-batch", "-"], {
    input: `${lines.join("\n")}\n`,
    stdio: ["pipe", "pipe", "pipe"],
  });
};

const standing = new Set<string>();

const removeAll = (names: Iterable<string>): void => {
  for (const name of names) {
    try {
      execFileSync("ip", ["netns", "del", name], { stdio: "ignore" });
    } catch {
      // Gone already: nothing else deletes it, so nothing else is left to do.
    }
    standing.delete(name);
  }
};

process.on("exit", () => removeAll([...standing]));
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.on(signal, () => process.exit(code));
}

/** Namespaces of runs that were killed. */
export const removeStale = (): void => {
  if (!existsSync(NETNS)) return;
  const stale = readdirSync(NETNS).filter((name) => {
    const owner = /^retis-(\d+)-/.exec(name)?.[1];
    return owner !== undefined && !existsSync(`/proc/${owner}`);
  });
  removeAll(stale);
};

/** Two interface lines of a host: its addresses without duplicate address detection, so that both work at once. */
const host = (device: string, subnet: number, number: number, peers: readonly number[]): string[] => [
  `link set lo up`,
  `link set ${device} up`,
  `addr add 10.77.${subnet}.${number}/24 dev ${device}`,
  `addr add fd00:77:${subnet}::${number}/64 dev ${device} nodad`,
  // Fixed neighbours: a count of packets is not to depend on when address resolution happens.
  ...peers.flatMap((peer) => [
    `neigh replace 10.77.${subnet}.${peer} lladdr ${MAC(peer)} dev ${device} nud permanent`,
    `neigh replace fd00:77:${subnet}::${peer} lladdr ${MAC(peer)} dev ${device} nud permanent`,
  ]),
];

/** veth1 in ns1 ↔ veth2 in ns2. */
const twoNamespaces = (names: readonly string[], subnet: number): void => {
  const [ns1, ns2] = names as [string, string];
  ip([
    `netns add ${ns1}`,
    `netns add ${ns2}`,
    `link add veth1 netns ${ns1} address ${MAC(1)} type veth peer name veth2 netns ${ns2} address ${MAC(2)}`,
  ]);
  ip(host("veth1", subnet, 1, [2]), ns1);
  ip(host("veth2", subnet, 2, [1]), ns2);
};

/** veth1 in ns1 ↔ port1, bridge, port2 in ns3 ↔ veth2 in ns2. A tag that comes in as bytes leaves it accelerated. */
const bridged = (names: readonly string[], subnet: number): void => {
  const [ns1, ns2, ns3] = names as [string, string, string];
  ip([
    `netns add ${ns1}`,
    `netns add ${ns2}`,
    `netns add ${ns3}`,
    `link add veth1 netns ${ns1} address ${MAC(1)} type veth peer name port1 netns ${ns3}`,
    `link add veth2 netns ${ns2} address ${MAC(2)} type veth peer name port2 netns ${ns3}`,
  ]);
  ip(
    [
      "link add bridge type bridge mcast_snooping 0",
      ...["port1", "port2"].flatMap((port) => [`link set ${port} master bridge`, `link set ${port} up`]),
      "link set bridge up",
    ],
    ns3,
  );
  ip(host("veth1", subnet, 1, [2]), ns1);
  ip(host("veth2", subnet, 2, [1]), ns2);
};

/** ns1 (10.77.0.1) ↔ left, router ns3, right ↔ ns2 (10.78.0.2). Only IPv4 is routed. */
const routed = (names: readonly string[], subnet: number): void => {
  const [ns1, ns2, ns3] = names as [string, string, string];
  ip([
    `netns add ${ns1}`,
    `netns add ${ns2}`,
    `netns add ${ns3}`,
    `link add veth1 netns ${ns1} address ${MAC(1)} type veth peer name left netns ${ns3} address ${MAC(2)}`,
    `link add veth2 netns ${ns2} address ${MAC(4)} type veth peer name right netns ${ns3} address ${MAC(3)}`,
  ]);
  ip([...host("veth1", subnet, 1, [2]), `route add default via 10.77.${subnet}.2`], ns1);
  ip(
    [
      ...host("left", subnet, 2, [1]),
      `link set right up`,
      `addr add 10.78.${subnet}.1/24 dev right`,
      `neigh replace 10.78.${subnet}.2 lladdr ${MAC(4)} dev right nud permanent`,
    ],
    ns3,
  );
  ip(
    [
      `link set veth2 up`,
      `addr add 10.78.${subnet}.2/24 dev veth2`,
      `neigh replace 10.78.${subnet}.1 lladdr ${MAC(3)} dev veth2 nud permanent`,
      `route add default via 10.78.${subnet}.1`,
    ],
    ns2,
  );
  execFileSync("nsenter", [`--net=${NETNS}/${ns3}`, "sysctl", "-qw", "net.ipv4.ip_forward=1"]);
};

const builders: Readonly<
  Record<TopologyName, { readonly hosts: number; build(names: readonly string[], subnet: number): void }>
> = {
  none: { hosts: 0, build: () => {} },
  two_ns: { hosts: 2, build: twoNamespaces },
  bridge: { hosts: 3, build: bridged },
  three_ns: { hosts: 3, build: routed },
};

let last = 0;
/** The first subnet is random, so that runs side by side on one machine stay apart. */
const firstSubnet = Math.floor(Math.random() * 254);

export const buildTopology = (name: TopologyName): Topology => {
  const { hosts, build } = builders[name];
  last += 1;
  const subnet = 1 + ((firstSubnet + last) % 254);
  const names = Array.from({ length: hosts }, (_, index) => `${prefixOf(process.pid)}${last}-ns${index + 1}`);
  for (const one of names) standing.add(one);
  const remove = (): void => removeAll(names);
  try {
    build(names, subnet);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    namespaces: new Map(names.map((one, index) => [`ns${index + 1}`, `${NETNS}/${one}`])),
    localize: (text) =>
      text
        .replaceAll(/\b10\.(77|78)\.0\./g, `10.$1.${subnet}.`)
        .replaceAll("fd00:77::", `fd00:77:${subnet}::`),
    remove,
  };
};
