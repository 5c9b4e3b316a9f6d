// Colours: on a terminal, unless NO_COLOR is set or the terminal cannot; never in a pipe.
import picocolors from "picocolors";

export function useColor(stream: { readonly isTTY?: boolean }): boolean {
  if (process.env["NO_COLOR"] !== undefined && process.env["NO_COLOR"] !== "") return false;
  return stream.isTTY === true && process.env["TERM"] !== "dumb";
}

export const colors = (stream: { readonly isTTY?: boolean }): ReturnType<typeof picocolors.createColors> =>
  picocolors.createColors(useColor(stream));
