/** Adds a line that `gable make` asks for, as a person does. */

/** A line, and the file that it belongs to. */
export interface AskedLine {
  readonly file: string;
  readonly line: string;
}

/** Returns the text of the file with the line. */
export function addLine(text: string, { file: path, line }: AskedLine): string {
  const file = path.replace(/^src\//, "");
  const [added = "", replaced] = line.split(" // in place of: ");
  if (replaced !== undefined) return text.replace(replaced, added);
  const code = line.replace(/ \/\/.*/, "");
  if (line.startsWith("import ")) return `${code}\n${text}`;
  const module = /^routes: \[(\w+)\]/.exec(code)?.[1];
  if (module !== undefined) return text.replace("routes: [", `routes: [${module}, `);
  if (file === "settings.ts") return text.replace("defineSettings({\n", `defineSettings({\n  ${code}\n`);
  if (file === "accounts/accounts.ts") return text.replace("user: User,", `user: User, ${code}`);
  if (file === "app.ts") return text.replace("routes: [", `${code}\n  routes: [`);
  return `${text}${code}\n`;
}
