// How much a handler may hand out: a batch's output is one block of numbers and one text, both of fixed size, so that
// no handler can fill the host's memory.

/** Numbers that one call of a handler may write: some ten thousand lines, enough for a table at the end. */
const NUMBERS_PER_CALL = 65_536;
/** The longest record that is begun just below the limit. */
const LONGEST_RECORD = 8_192;

export const OUTPUT = {
  numbersPerCall: NUMBERS_PER_CALL,
  /** Numbers in the block: two calls at their limit fit, so one pause in a batch costs little. */
  numbers: 3 * NUMBERS_PER_CALL,
  /** With more than this written, the batch pauses until the host has taken the output. */
  pauseAt: 2 * NUMBERS_PER_CALL - LONGEST_RECORD,
  /** UTF-16 units of text that one call may write. */
  textPerCall: 1 << 20,
  /** UTF-16 units of text at which a batch pauses. */
  pauseAtText: 1 << 20,
  /** One value longer than this is cut. */
  longestText: 1 << 16,
  /** Values of one record whose number the compiler does not know. */
  values: 2_000,
  /** Kinds of exceptions that a batch tells apart. */
  faults: 32,
} as const;
