/** The text of `.env.example`: every variable that the settings read. */
import type { SettingFacts } from "./define-settings.ts";

/** Returns a file with one variable per setting: what it is for, what to write, and whether it is required. */
export function toEnvExample(facts: readonly SettingFacts[]): string {
  const entries = facts.filter(({ variable }) => variable !== undefined).map(toEntry);
  return entries.length === 0 ? "" : `${entries.join("\n\n")}\n`;
}

function toEntry({ variable, rule, help, isRequired }: SettingFacts): string {
  const need = isRequired ? "Required in production" : "Optional";
  const lines = [...(help === undefined ? [] : [`# ${help}`]), `# ${need}: ${rule}.`];
  return [...lines, isRequired ? `${variable}=` : `# ${variable}=`].join("\n");
}
