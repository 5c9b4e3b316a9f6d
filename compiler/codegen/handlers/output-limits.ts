// How much a handler may hand out: a batch's output is one block of numbers and one text, both of fixed size, so that
// no handler can fill the host's memory.

/** Numbers that one call of a handler may write at least: some ten thousand lines, enough for a table at the end. */
const NUMBERS_PER_CALL = 65_536;
/** UTF-16 units of text that one call may write at least. */
const TEXT_PER_CALL = 1 << 20;
/** The longest record that is begun just below the limit. */
const LONGEST_RECORD = 8_192;

export const OUTPUT = {
  /** Numbers in the block. */
  numbers: 2 * NUMBERS_PER_CALL + LONGEST_RECORD,
  /** No record begins behind this; what a call still puts out is left out. */
  limit: 2 * NUMBERS_PER_CALL,
  /** With more than this written, the batch pauses until the host has taken the output: so a call has its share. */
  pauseAt: NUMBERS_PER_CALL,
  textLimit: 2 * TEXT_PER_CALL,
  pauseAtText: TEXT_PER_CALL,
  /** One value longer than this is cut. */
  longestText: 1 << 16,
  /** Values of one record whose number the compiler does not know. */
  values: 2_000,
  /** Kinds of exceptions that a batch tells apart. */
  faults: 32,
} as const;
