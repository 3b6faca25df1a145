/** Reads the stack of an error: frames with their source lines, and which of them belong to the application. */
import type { SourcePlace } from "../../errors/source-place.ts";
import { findOwner, parseStackLine, splitViewPath, toPlaceText } from "../../errors/source-place.ts";
import { readProperty } from "../../errors/thrown-value.ts";
import { capText } from "./plain-value.ts";
import { removeSecretLiterals } from "./secret-values.ts";
import { findFileSystem, readSourceText } from "./source-text.ts";

/** A place in the source, as a report has it. */
export interface ReportedPlace {
  /** File: an absolute path, or what the stack says. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
  /** `file:line`, with the file relative to the folder of the project. */
  readonly shown: string;
}

/** A line of source code. */
export interface SourceLine {
  /** Number of the line, from 1. */
  readonly number: number;
  /** Its text, without secrets. */
  readonly text: string;
  /** Whether the error names this line. */
  readonly isFailing: boolean;
}

/** A frame of the stack. */
export interface ReportedFrame {
  /** Function; "" when it has no name. */
  readonly call: string;
  /** Where; undefined for built-in functions. */
  readonly place?: ReportedPlace;
  /** `application` for your code and templates, `framework` for Gable and packages, `runtime` for Node. */
  readonly owner: "application" | "framework" | "runtime";
  /** Whether the place is in a template file. */
  readonly isTemplate: boolean;
  /** Lines around the place; only frames of the application have them. */
  readonly source: readonly SourceLine[];
}

/** Where files are. */
export interface SourceFolders {
  /** Folder of the project. */
  readonly folder: string;
  /** Folders of the template files. */
  readonly views: readonly string[];
  /** Takes the secrets that source lines had: their text may also be part of messages. Nobody takes them by default. */
  readonly onSecret?: (secret: string) => void;
}

/** Lines shown before and after the line that fails. */
const linesAround = 6;
const lineLengthMax = 300;
/** The file of a generated view below the folder of views: line N is line N of its template. */
const viewFile = /^(.+?)(?:(?:~|%7E)\w+)?\.ts(?:\?v=[\w-]+)?$/;

/** Reads the lines around a place; none when the file cannot be read. */
function readSourceLines({ file, line }: SourcePlace, { onSecret }: SourceFolders): SourceLine[] {
  const lines = readSourceText(file)?.split(/\r?\n/) ?? [];
  const first = Math.max(1, line - linesAround);
  return lines.slice(first - 1, line + linesAround).map((text, index) => ({
    number: first + index,
    text: removeSecretLiterals(capText(text, lineLengthMax), onSecret),
    isFailing: first + index === line,
  }));
}

/** Adds to a place how it is shown. */
export function toReportedPlace(place: SourcePlace, { folder }: SourceFolders): ReportedPlace {
  return { file: place.file, line: place.line, shown: toPlaceText(place, folder) };
}

/** Finds the file of a template: the first folder of views that has it. */
function findTemplate(name: string, folders: SourceFolders): string {
  const fileSystem = findFileSystem();
  const candidates = [...folders.views, `${folders.folder}/views`, folders.folder].map(
    (folder) => `${toAbsolute(folder, folders)}/${name}`,
  );
  return (name.startsWith("/") ? name : candidates.find((file) => fileSystem?.existsSync(file) === true)) ?? name;
}

function toAbsolute(folder: string, { folder: project }: SourceFolders): string {
  return folder.startsWith("/") || project === "" ? folder : `${project}/${folder.replace(/^\.\//, "")}`;
}

/** Reads the frames of an error. An error whose stack cannot be read has none. */
export function readFrames(error: unknown, folders: SourceFolders): ReportedFrame[] {
  const stack = readProperty(error, "stack");
  if (typeof stack !== "string") return [];
  const lines = stack.split("\n", 200);
  const frames = lines.filter((line) => /^\s+at /.test(line)).map((line) => toFrame(line.trim(), folders));
  const syntax = findSyntaxPlace(lines[0] ?? "");
  return syntax === undefined ? frames : [toPlaceFrame("", syntax, folders), ...frames];
}

/** The place before a syntax error: Node writes `file:line` as the first line of its stack. */
function findSyntaxPlace(line: string): SourcePlace | undefined {
  return /^(?:file:\/\/)?[^\s()]+:[0-9]+$/.test(line) ? parseStackLine(`at ${line}:1`) : undefined;
}

function toFrame(line: string, folders: SourceFolders): ReportedFrame {
  const place = parseStackLine(line);
  const call = /^at (?:async )?(?:new )?(.*?)(?: \(|$)/.exec(line)?.[1] ?? "";
  const isBare = place !== undefined && !line.includes(" (");
  return toPlaceFrame(isBare || call === "<anonymous>" ? "" : capText(call, 200), place, folders);
}

function toPlaceFrame(call: string, place: SourcePlace | undefined, folders: SourceFolders): ReportedFrame {
  if (place === undefined) return { call, owner: "runtime", isTemplate: false, source: [] };
  const view = findView(place.file);
  if (view !== undefined) return toTemplateFrame({ file: view.template, line: place.line }, folders, view.root);
  const owner = findOwner(place.file);
  return {
    call,
    place: toReportedPlace(place, folders),
    owner,
    isTemplate: false,
    source: owner === "application" ? readSourceLines(place, folders) : [],
  };
}

/** Makes the frame of a line of a template file. */
export function toTemplateFrame({ file, line }: SourcePlace, folders: SourceFolders, root = folders.folder): ReportedFrame {
  const name = file.replaceAll("\\", "/");
  const place = { file: findTemplate(name, { ...folders, folder: root }), line };
  return {
    call: "",
    place: toReportedPlace(place, folders),
    owner: "application",
    isTemplate: true,
    source: readSourceLines(place, folders),
  };
}

/** Returns the line of the template for a place in a generated view; undefined for another place. */
export function toTemplatePlace({ file, line }: SourcePlace): SourcePlace | undefined {
  const view = findView(file);
  if (view === undefined) return undefined;
  return { file: findTemplate(view.template.replaceAll("\\", "/"), { folder: view.root, views: [] }), line };
}

/** Finds the project and the template of a generated view; undefined for another file. */
function findView(file: string): { readonly root: string; readonly template: string } | undefined {
  const path = splitViewPath(file);
  const template = path === undefined ? undefined : viewFile.exec(path.rest)?.[1];
  return template === undefined ? undefined : { root: path!.root, template };
}
