// Layers by name -> their bits in `struct layers.present`.
import {
  LAYER_ARP,
  LAYER_ARP_ETH_IPV4,
  LAYER_ETH,
  LAYER_FRAGMENT,
  LAYER_ICMP,
  LAYER_ICMPV6,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_L4_PROTO,
  LAYER_SCTP,
  LAYER_TCP,
  LAYER_UDP,
  LAYER_VLAN,
} from "../schema/generated/layout.js";
import type { Layer } from "../schema/value.js";

const BITS: Readonly<Record<Layer, number>> = {
  ETH: LAYER_ETH,
  VLAN: LAYER_VLAN,
  ARP: LAYER_ARP,
  ARP_ETH_IPV4: LAYER_ARP_ETH_IPV4,
  IPV4: LAYER_IPV4,
  IPV6: LAYER_IPV6,
  L4_PROTO: LAYER_L4_PROTO,
  FRAGMENT: LAYER_FRAGMENT,
  TCP: LAYER_TCP,
  UDP: LAYER_UDP,
  ICMP: LAYER_ICMP,
  ICMPV6: LAYER_ICMPV6,
  SCTP: LAYER_SCTP,
};

/** A mask of all of them. */
export const layerBits = (layers: readonly Layer[]): number =>
  layers.reduce((mask, layer) => mask | BITS[layer], 0);
