// What other stages use of this one.
export { dumpHandlers, generateHandlers, patternId } from "./generate-handlers.js";
export {
  type Argument,
  BIGINT_MARK,
  CONTROL,
  FORMAT,
  type Handler,
  type HandlerModule,
  MODULE_NAME,
  type Pattern,
  type Piece,
  type RecordFormat,
  TAG,
} from "./handler-module.js";
export { OUTPUT } from "./output-limits.js";
export { type Conversion, convert, isProblem, parseFormat } from "./printf-format.js";
export { sectionsUsed } from "./sections-used.js";
export { locateStack } from "./source-positions.js";
