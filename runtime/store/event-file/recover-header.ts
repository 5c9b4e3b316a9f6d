// The header of a file whose first one is damaged: a copy stands behind its frames, and before those of the next file
// of a set.
import { openSync, statSync } from "node:fs";
import { ByteReader } from "../byte-reader.js";
import { BLOCK } from "./block-format.js";
import { BlockStream, type StoredBlock } from "./block-stream.js";

export interface FoundHeader {
  readonly file: string;
  readonly block: StoredBlock;
}

/** Standard input is read once more when it is a file. */
const pathOf = (file: string): string => (file === "-" ? "/dev/stdin" : file);

/** Whether it can be read twice: no pipe. */
export function canBeSearched(file: string): boolean {
  return statSync(pathOf(file), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The first sound copy in the files of a set; null: there is none that is of the same run. */
export async function findHeader(
  files: readonly string[],
  checksum: (bytes: Uint8Array) => number,
): Promise<FoundHeader | null> {
  let expected = 0n;
  for (const file of files) {
    if (!canBeSearched(file)) return null;
    const reader = new ByteReader(openSync(pathOf(file), "r"));
    const stream = new BlockStream(reader, checksum, () => {});
    try {
      for (let block = await stream.next(); block !== null; block = await stream.next()) {
        const { type, ordinal, records } = block.header;
        // Another run begins, whose header would give these frames a wrong meaning.
        if (ordinal < expected || (type === BLOCK.header && ordinal === 0n)) return null;
        if (type === BLOCK.header) return { file, block };
        expected = ordinal + (type === BLOCK.frames ? BigInt(records) : 0n);
      }
    } finally {
      reader.close();
    }
  }
  return null;
}
