// All sections of an event, in the order in which Retis writes them.
import { common } from "./common.js";
import { ctSection } from "./ct.js";
import { devSection } from "./dev.js";
import { skbDrop } from "./drop.js";
import type { EventSection } from "./form.js";
import { kernel } from "./kernel.js";
import { netns } from "./netns.js";
import { nftSection } from "./nft.js";
import { ovsSection } from "./ovs.js";
import { ovsDetrace } from "./ovs-detrace.js";
import { packetSection } from "./packet.js";
import { skbSection } from "./skb.js";
import { startup } from "./startup.js";
import { seriesTracking, skbTracking } from "./tracking.js";
import { userspace } from "./userspace.js";

export type { EventSection, Form, Item, Member, Origin, Place, Presence, Tagged } from "./form.js";

export const eventSections: readonly EventSection[] = [
  common,
  kernel,
  userspace,
  seriesTracking,
  skbTracking,
  skbDrop,
  packetSection,
  skbSection,
  netns,
  devSection,
  ovsSection,
  nftSection,
  ctSection,
  startup,
  ovsDetrace,
];
