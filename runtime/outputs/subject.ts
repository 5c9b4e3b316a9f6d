// The text that a regular expression of a predicate is applied to.
import type { TextSubject } from "../../compiler/plan/predicate.js";
import { fields } from "../../compiler/schema/index.js";
import { assertNever } from "../../compiler/source/assert-never.js";
import { frameSlot } from "../events/frame.js";
import type { SubjectReader } from "../sandbox/pattern-memo.js";
import { readField, readString } from "./field-value.js";
import type { Names } from "./names.js";
import { cellText } from "./table.js";

export function subjectReader(subject: TextSubject, names: Names): SubjectReader {
  switch (subject.kind) {
    case "string": {
      const read = readString(subject.load, names);
      return (view, at) => read(view, at);
    }
    case "probe": {
      const texts = names.probes.map((probe) => (subject.what === "name" ? probe.name : probe.kind));
      return (view, at) => texts[frameSlot(view, at)];
    }
    case "field": {
      const field = fields.get(subject.name);
      if (field === undefined) return () => undefined;
      const read = readField(field, names);
      return (view, at) => {
        const value = read(
          { bytes: Buffer.from(view.buffer, view.byteOffset), view, length: view.byteLength },
          at,
        );
        if (value === undefined) return undefined;
        return Array.isArray(value)
          ? value.join("\n")
          : cellText(value as Exclude<typeof value, readonly string[]>);
      };
    }
    default:
      return assertNever(subject);
  }
}
