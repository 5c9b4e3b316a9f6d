// What other stages use of this one.
export { disassemble } from "./disassemble.js";
export type { Access } from "./emitter.js";
export { type ClauseListing, type Generated, generate } from "./generate.js";
export { kernelCan, looksAtVlan, windowNeeded } from "./limits.js";
