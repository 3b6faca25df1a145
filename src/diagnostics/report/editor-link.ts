/** Makes the addresses that open a source line in an editor. */
import type { ReportedPlace } from "./source-lines.ts";

const editors: Readonly<Record<string, string>> = {
  vscode: "vscode://file/{file}:{line}",
  cursor: "cursor://file/{file}:{line}",
  zed: "zed://file/{file}:{line}",
  idea: "idea://open?file={file}&line={line}",
  sublime: "subl://open?url=file://{file}&line={line}",
};

/** Schemes that run code or show files instead of opening an editor. */
const refused = /^(?:javascript|data|vbscript|blob|file|https?):/i;

/** Returns the address that opens a place; undefined for `none`, for an unknown editor, and for a place outside of files. */
export function toEditorLink(place: Pick<ReportedPlace, "file" | "line">, editor = "vscode"): string | undefined {
  const template = editors[editor] ?? editor;
  if (!/^[a-z][a-z0-9+.-]*:/i.test(template) || refused.test(template) || !place.file.startsWith("/")) return undefined;
  const file = encodeURI(place.file).replaceAll(/[?#&]/g, (character) => encodeURIComponent(character));
  const path = template.includes("/{file}") && !template.includes("//{file}") ? file.slice(1) : file;
  return template.replaceAll("{file}", path).replaceAll("{line}", String(place.line));
}
