// Types of the kernel as the addon reports them from BTF: struct members, enums, parameters. Typedefs and
// qualifiers are followed for `kind`, `size` and `signed`; `typeName` keeps them as written.

export type BtfKind =
  | "int"
  | "bool"
  | "float"
  | "enum"
  | "pointer"
  | "char-array"
  | "array"
  | "struct"
  | "union"
  | "function"
  | "void";

export interface BtfType {
  /** As C writes it: "u32", "struct sk_buff *", "enum skb_drop_reason", "char [16]". */
  readonly typeName: string;
  readonly kind: BtfKind;
  /** Bytes; 0 for incomplete types, void and functions. */
  readonly size: number;
  readonly signed: boolean;
  /** Of a pointer: what it points to; of an array: one element, as written. Else null. */
  readonly target: string | null;
  /** Elements of an array; else 0. */
  readonly elements: number;
}

export interface BtfMember extends BtfType {
  /** null for an anonymous struct or union. */
  readonly name: string | null;
  readonly offsetBits: number;
  /** 0: not a bit-field. */
  readonly bitfieldSize: number;
}

/** Where a path of member names leads from a struct. */
export interface BtfPath {
  /**
   * Pointers on the way: read 8 bytes at the first offset from the struct, at the second from there, and so
   * on. Empty: the member lies in the struct itself.
   */
  readonly steps: readonly number[];
  readonly last: BtfType & {
    /** From the last pointer, or from the struct. Of a bit-field: of the unit of its type that holds it. */
    readonly byteOffset: number;
    /** Of a bit-field: its lowest bit in that unit (little-endian); else 0. */
    readonly bitOffset: number;
    /** 0: not a bit-field. */
    readonly bitSize: number;
  };
}

export interface BtfParameter extends BtfType {
  /** null where BTF has no names. */
  readonly name: string | null;
  /** The verifier takes it as possibly NULL (named `…__nullable` in the kernel). */
  readonly nullable: boolean;
}

export interface BtfEnumerator {
  readonly name: string;
  readonly value: number | bigint;
}

export interface Btf {
  /** Members in order; null when there is no such struct or union. */
  struct(name: string): { readonly size: number; readonly members: readonly BtfMember[] } | null;
  /** Anonymous members count as part of their parent. null when the path leads nowhere. */
  member(struct: string, path: readonly string[]): BtfPath | null;
  /** Values beyond 2^53 are bigint. */
  enumValues(name: string): readonly BtfEnumerator[] | null;
  functionParameters(name: string): readonly BtfParameter[] | null;
  /** What a function returns; null when there is no such function. */
  functionReturn(name: string): BtfType | null;
  /** Arguments of a raw tracepoint, without the leading `void *` of its probe functions. */
  tracepointParameters(name: string): readonly BtfParameter[] | null;
  tracepoints(): readonly string[];
  /** Whether programs may read a global or per-CPU variable of the kernel; needs the right to load programs. */
  variableReadable(name: string): boolean;
  has(kind: "struct" | "union" | "enum" | "typedef" | "function", name: string): boolean;
}
