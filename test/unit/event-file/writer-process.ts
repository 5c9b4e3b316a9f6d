// A process of its own that writes an event file until it is killed, or until it cannot: batches of numbered frames. Says on
// standard output how many the writer has taken in; numbers are the times of the frames.
import { setTimeout as sleep } from "node:timers/promises";
import { SystemError } from "../../../runtime/failure.js";
import { makeFrame, tcp4 } from "../handlers/made-frames.js";
import { batchOf, Workshop } from "./made-file.js";

const PER_BATCH = 50;

const [path = "", pause = "5", most = "1000000", level = "1"] = process.argv.slice(2);
const workshop = new Workshop();
const packet = { bytes: tcp4({ payload: 100 }) };
try {
  const file = workshop.create(path, { level: Number(level) });
  try {
    for (let count = 0; count < Number(most); count += PER_BATCH) {
      const frames = Array.from({ length: PER_BATCH }, (_, i) =>
        makeFrame({ time: BigInt(count + i), packet }),
      );
      await file.write(batchOf(frames), null);
      process.stdout.write(`${count + PER_BATCH}\n`);
      await sleep(Number(pause));
    }
  } finally {
    await file.close();
  }
} catch (error) {
  if (!(error instanceof SystemError)) throw error;
  process.stdout.write(`failed: ${error.message} (${error.remedy})\n`);
} finally {
  workshop.done();
}
