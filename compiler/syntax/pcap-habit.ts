// A condition in tcpdump's words (`src host 10.0.0.1`, `tcp port 80`), where the grammar stopped at it -> the same in
// this language.
import * as habits from "../source/catalog/habits.js";
import type { Diagnostic } from "../source/diagnostic.js";
import type { Failure } from "./failure.js";
import * as t from "./tokens.js";

const protocols = ["tcp", "udp", "sctp", "ip", "ip6", "arp", "icmp", "ether"] as const;
const sides = ["src", "dst"] as const;
const nouns = ["port", "host", "net", "portrange", "proto", "vlan", "greater", "less"] as const;

const qualifiers: ReadonlySet<string> = new Set([...protocols, ...sides]);
const words: ReadonlySet<string> = new Set([...qualifiers, ...nouns]);

const isWord = (token: t.Token | undefined): token is t.Token =>
  token?.tokenType === t.Word && words.has(token.image);

/** Null: it is none. */
export function pcapSyntax(failure: Failure): Diagnostic | null {
  const { token, previous, tokens, at } = failure;
  if (!isWord(previous) || tokens[at - 2]?.tokenType === t.Dot) return null;
  const named =
    nouns.some((noun) => noun === previous.image) || sides.some((side) => side === previous.image);
  const isValue = token?.tokenType === t.Int || token?.tokenType === t.Ip || token?.tokenType === t.Cidr;
  if (!isWord(token) && !(named && isValue)) return null;
  let first = at - 1;
  while (isWord(tokens[first - 1])) first--;
  let last = at - 1;
  while (isWord(tokens[last + 1])) last++;
  const said = tokens.slice(first, last + 1).map(({ image }) => image);
  const value = tokens[last + 1];
  const range = tokens[last + 2]?.tokenType === t.Minus ? tokens[last + 3] : undefined;
  const written = value === undefined || !valueTypes.has(value.tokenType) ? null : value;
  const end = range ?? written ?? tokens[last] ?? previous;
  const text = written === null ? null : failure.text(written, range ?? written);
  return habits.pcapSyntax(failure.spanOf(tokens[first] ?? previous, end), translated(said, text));
}

const valueTypes: ReadonlySet<unknown> = new Set([t.Int, t.Ip, t.Cidr, t.Mac, t.Word]);

function translated(said: readonly string[], value: string | null): string {
  const side = said.includes("src") ? "s" : said.includes("dst") ? "d" : "";
  const noun = nouns.find((one) => said.includes(one)) ?? (value?.includes("/") === true ? "net" : "host");
  const link = said.includes("ether");
  const protocol =
    protocols.find((one) => said.includes(one) && ["tcp", "udp", "sctp"].includes(one)) ?? null;
  switch (noun) {
    case "port":
      return `${protocol ?? "l4"}.${side}port == ${value ?? "80"}`;
    case "portrange":
      return `${protocol ?? "l4"}.${side}port in {${(value ?? "80-90").replace(/\s*-\s*/, "..")}}`;
    case "host":
      return link
        ? `eth.${side}addr == ${value ?? "02:00:00:00:00:01"}`
        : `ip.${side}addr == ${value ?? "10.0.0.1"}`;
    case "net":
      return `ip.${side}addr in ${value ?? "10.0.0.0/8"}`;
    case "proto":
      return link ? `eth.type == ${value ?? "ip"}` : `ip.proto == ${value ?? "tcp"}`;
    case "vlan":
      return `vlan.id == ${value ?? "1"}`;
    case "greater":
      return `packet.len >= ${value ?? "1000"}`;
    case "less":
      return `packet.len <= ${value ?? "1000"}`;
  }
}
