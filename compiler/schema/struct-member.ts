// A member of a C struct that frames hold, by its path: `connection.orig.sport`.
import { structs } from "./generated/layout.js";

export interface StructMember {
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

interface AnyMember {
  readonly offset: number;
  readonly size: number;
  readonly signed?: boolean;
  readonly struct?: string;
}

const all: Readonly<Record<string, { readonly members: Readonly<Record<string, AnyMember>> }>> = structs;

/** Null: the struct has no such member. */
export function structMember(struct: string, path: string): StructMember | null {
  let offset = 0;
  let members = all[struct]?.members;
  let found: AnyMember | undefined;
  for (const name of path.split(".")) {
    found = members?.[name];
    if (found === undefined) return null;
    offset += found.offset;
    members = found.struct === undefined ? undefined : all[found.struct]?.members;
  }
  return found === undefined ? null : { offset, size: found.size, signed: found.signed === true };
}
