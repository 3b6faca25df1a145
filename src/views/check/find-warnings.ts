/** Finds problems in template files that are not errors. */
import type { FileFinder } from "../compile/analysis.ts";
import { filesOf } from "../compile/analysis.ts";
import { expressionsOf, holds, usesName, walk } from "../compile/template.ts";
import type { Template } from "../compile/template.ts";
import type { Body } from "../syntax/nodes.ts";

/** A warning at an offset of the file. */
export interface Finding {
  readonly at: number;
  readonly code: "unused-prop" | "untyped" | "inline-script" | "missing-asset" | "unlabelled" | "unsafe";
  readonly message: string;
  readonly fix: string;
}

/** Finds props that nothing reads, and scripts that would not run. */
export function findWarnings(template: Template, finder: FileFinder): Finding[] {
  const { partial } = template;
  const unused = template.props
    .filter(({ name }) => !isPropUsed(name, template, finder))
    .map(({ name, at }) => ({
      at,
      code: "unused-prop" as const,
      message: `the prop "${name}" is not used`,
      fix: "Remove it, or use it.",
    }));
  return partial === undefined ? unused : [...unused, ...findInlineScripts(partial.body)];
}

/** Whether this file reads a prop, or passes it on by name. */
function isPropUsed(name: string, template: Template, finder: FileFinder): boolean {
  if (name === "attributes" && usesName(template.body, name)) return true;
  let isUsed = usesName(template.body, name) || template.outlets.has(name);
  walk(template.body, (statement) => {
    if (statement.type === "include" && !statement.scope.withContext) return;
    // A dynamic name may need any of the props.
    if ((statement.type === "include" || statement.type === "extends") && filesOf(statement).length === 0) isUsed = true;
    for (const [file] of statement.type === "component" ? [] : filesOf(statement)) {
      const target = finder.find(file, template);
      isUsed ||= target !== undefined && (!target.hasProps || target.props.some((prop) => prop.name === name));
    }
  });
  return isUsed;
}

function findInlineScripts(body: Body): Finding[] {
  const found: Finding[] = [];
  walk(body, (statement) => {
    if (statement.type !== "data") return;
    for (const match of statement.text.matchAll(/<script\b(?![^>]*\bsrc\s*=)(?![^>]*\btype\s*=\s*["']?application\/)[^>]*>/gi)) {
      found.push({
        at: statement.at + match.index,
        code: "inline-script",
        message: "a script in a partial does not run when the partial is sent on its own",
        fix: "Move the script to the page, or to a file.",
      });
    }
  });
  return found;
}

/** Finds where a file bypasses escaping: the filter `safe` and `autoescape false`. */
export function findUnsafe(template: Template): Finding[] {
  const found: Finding[] = [];
  const add = (at: number, message: string): void =>
    void found.push({ at, code: "unsafe", message, fix: "Make sure that no user input gets there." });
  walk(template.body, (statement) => {
    if (statement.type === "autoescape" && statement.isOn.type === "constant" && statement.isOn.value === false)
      add(statement.at, "escaping is switched off");
    for (const expression of expressionsOf(statement)) {
      holds(expression, (part) => {
        if (part.type === "filter" && part.name === "safe") add(part.at, 'the filter "safe"');
        return false;
      });
    }
  });
  return found;
}
