// Whether a descriptor is a terminal. Node's module for that loads its network: only for what may be one.
import { fstatSync } from "node:fs";
import { isatty } from "node:tty";

export function isTerminal(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice() && isatty(descriptor);
  } catch {
    // It is closed.
    return false;
  }
}
