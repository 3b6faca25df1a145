/** Lists all statements by type, each with the function that writes it. */
import { writeAutoescape, writeDo, writeFilterBlock, writeSet, writeSetBlock, writeWith } from "./assign.ts";
import { writeBlock } from "./blocks.ts";
import { writeComponent, writeOutlet } from "./components.ts";
import { writeFor, writeIf, writeJump } from "./control.ts";
import { writeCache, writeInclude, writePartial, writePartialDefinition } from "./files.ts";
import type { Frame, StatementWriters } from "./frame.ts";
import { writeCall, writeImport, writeMacro } from "./macros.ts";
import { writeData, writeOutput } from "./output.ts";

/** The function for each type of statement. */
export const statementWriters: StatementWriters = {
  data: writeData,
  output: writeOutput,
  if: writeIf,
  for: writeFor,
  break: writeJump,
  continue: writeJump,
  set: writeSet,
  setBlock: writeSetBlock,
  with: writeWith,
  do: writeDo,
  filterBlock: writeFilterBlock,
  autoescape: writeAutoescape,
  block: writeBlock,
  include: writeInclude,
  partial: writePartial,
  partialdef: writePartialDefinition,
  component: writeComponent,
  outlet: writeOutlet,
  cache: writeCache,
  import: writeImport,
  from: writeImport,
  macro: (frame, statement) => writeMacro(frame, statement),
  call: writeCall,
  extends: writeExtends,
  props: ({ file }, { at }) => {
    throw file.error("E_VIEW_SYNTAX", at, "props must come before other text", "Move them to the top of the file.");
  },
  importCode: ({ file }, { at }) => {
    throw file.error("E_VIEW_SYNTAX", at, "an import must come before other text", "Move it to the top of the file.");
  },
};

/** Accepts `extends` at the top of a file; the file as a whole has handled it. */
function writeExtends({ file }: Frame, { at }: { readonly at: number }): void {
  if (file.template.parent?.at === at) return;
  throw file.error(
    "E_VIEW_SYNTAX",
    at,
    '"extends" must be at the top of the file, outside of other tags',
    'Name the parent by a value: {% extends "a.html" if condition else "b.html" %}.',
  );
}
