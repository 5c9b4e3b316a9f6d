// Blocks of event files made by hand: as another version would write them, or someone who means harm.
import { BLOCK_HEADER_BYTES, BLOCK_MAGIC } from "../../../runtime/store/event-file/block-format.js";
import { addon } from "../addon/fixture.js";

/** Whatever it says, its checksums are right. */
export function block(change: {
  readonly type: number;
  readonly codec?: number;
  readonly rawLength?: number;
  readonly frames?: number;
  readonly payload: Buffer;
}): Buffer {
  const header = Buffer.alloc(BLOCK_HEADER_BYTES);
  BLOCK_MAGIC.copy(header);
  header.writeUInt8(change.type, 8);
  header.writeUInt8(change.codec ?? 0, 9);
  header.writeUInt32LE(change.rawLength ?? change.payload.length, 12);
  header.writeUInt32LE(change.payload.length, 16);
  header.writeUInt32LE(change.frames ?? change.payload.length, 48);
  header.writeUInt32LE(addon().crc32c(change.payload), 56);
  header.writeUInt32LE(addon().crc32c(header.subarray(0, 60)), 60);
  return Buffer.concat([header, change.payload]);
}
