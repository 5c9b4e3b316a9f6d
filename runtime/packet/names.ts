// Owns the names that packet text gives to EtherTypes (IEEE registry) and IP protocols (IANA registry).
// A number without a name here prints as the number alone.

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_TEB = 0x6558;
export const ETHERTYPE_VLAN = 0x8100;
export const ETHERTYPE_IPV6 = 0x86dd;
export const ETHERTYPE_PROVIDER_BRIDGE = 0x88a8;
export const ETHERTYPE_MACSEC = 0x88e5;
export const ETHERTYPE_QINQ = 0x9100;

export function etherTypeName(etherType: number): string | undefined {
  switch (etherType) {
    case ETHERTYPE_IPV4:
      return "IPv4";
    case ETHERTYPE_IPV6:
      return "IPv6";
    case ETHERTYPE_ARP:
      return "ARP";
    case ETHERTYPE_VLAN:
      return "802.1Q";
    case ETHERTYPE_PROVIDER_BRIDGE:
      return "802.1Q-QinQ";
    case ETHERTYPE_QINQ:
      return "802.1Q-9100";
    case ETHERTYPE_TEB:
      return "TEB";
    case ETHERTYPE_MACSEC:
      return "802.1AE MACsec";
    case 0x8035:
      return "Reverse ARP";
    case 0x809b:
      return "Appletalk";
    case 0x80f3:
      return "Appletalk ARP";
    case 0x880b:
      return "PPP";
    case 0x8847:
      return "MPLS unicast";
    case 0x8848:
      return "MPLS multicast";
    case 0x8863:
      return "PPPoE D";
    case 0x8864:
      return "PPPoE S";
    case 0x888e:
      return "EAPOL";
    case 0x88f7:
      return "PTP";
    default:
      return undefined;
  }
}

export const PROTOCOL_HOP_BY_HOP = 0;
export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_FRAGMENT = 44;
export const PROTOCOL_ESP = 50;
export const PROTOCOL_AH = 51;
export const PROTOCOL_ICMPV6 = 58;
export const PROTOCOL_NO_NEXT_HEADER = 59;
export const PROTOCOL_SCTP = 132;

export function ipProtocolName(protocol: number): string | undefined {
  switch (protocol) {
    case PROTOCOL_ICMP:
      return "ICMP";
    case 2:
      return "IGMP";
    case 4:
      return "IPIP";
    case PROTOCOL_TCP:
      return "TCP";
    case PROTOCOL_UDP:
      return "UDP";
    case 27:
      return "RDP";
    case 33:
      return "DCCP";
    case 41:
      return "IPv6";
    case 47:
      return "GRE";
    case PROTOCOL_ESP:
      return "ESP";
    case PROTOCOL_AH:
      return "AH";
    case PROTOCOL_ICMPV6:
      return "ICMPv6";
    case 89:
      return "OSPF";
    case 112:
      return "VRRP";
    case 115:
      return "L2TP";
    case PROTOCOL_SCTP:
      return "SCTP";
    case 143:
      return "Ethernet";
    default:
      return undefined;
  }
}

/**
 * The spelling of an IPv6 extension header in `exts [..]`, or undefined for a header that is not one. AH and ESP, extension headers
 * in RFC 7045, are not listed: they have a text of their own.
 */
export function extensionHeaderName(protocol: number): string | undefined {
  switch (protocol) {
    case PROTOCOL_HOP_BY_HOP:
      return "Hopopt";
    case 43:
      return "Ipv6Route";
    case PROTOCOL_FRAGMENT:
      return "Ipv6Frag";
    case 60:
      return "Ipv6Opts";
    case 135:
      return "MobilityHeader";
    case 139:
      return "Hip";
    case 140:
      return "Shim6";
    case 253:
      return "Test1";
    case 254:
      return "Test2";
    default:
      return undefined;
  }
}
