/** Decides which modules share a file of the built package, because a module costs more to find than to run (decisions/006). */
import type { ChunkingContext } from "rolldown";

/** The package as its files are planned. */
export interface ChunkPlan {
  /** Files of entries by name. */
  readonly entries: Readonly<Record<string, string>>;
  /** Names of entries that applications load; every application loads the first one. The modules that an entry needs besides those of earlier entries share a file, unless others would load too much. */
  readonly order: readonly string[];
}

/**
 * Returns the function that names the file of a module; null leaves the module to the bundler. A module that another entry also needs, or that is
 * loaded on demand, has a file with those that exactly the same entries need: nobody loads what it does not need.
 */
export function createChunkNames({ entries, order }: ChunkPlan): (id: string, context: ChunkingContext) => string | null {
  let names: ReadonlyMap<string, string> | undefined;
  return (id, context) => (names ??= nameModules(context, { entries, order })).get(id) ?? null;
}

function nameModules(context: ChunkingContext, { entries, order }: ChunkPlan): ReadonlyMap<string, string> {
  const reach = (id: string): ReadonlySet<string> => findImported(id, context);
  const closures = order.map((name) => ({ name, modules: reach(entries[name]!) }));
  const core = closures[0]!.modules;
  const rest = Object.keys(entries).filter((name) => !order.includes(name));
  const others = rest.map((name) => reach(entries[name]!));
  const onDemand = [...new Set([...core].flatMap((id) => context.getModuleInfo(id)?.dynamicallyImportedIds ?? []))].sort().map(reach);

  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  const nameByUsers = new Map<string, string>();
  for (const id of [...new Set(closures.flatMap(({ modules }) => [...modules]))].sort()) {
    const { name } = closures.find(({ modules }) => modules.has(id))!;
    // What the first entry needs is already loaded when something is loaded on demand.
    const users = [...others, ...(core.has(id) ? [] : onDemand)].map((modules) => Number(modules.has(id)));
    const key = `${name} ${users.join("")}`;
    if (!nameByUsers.has(key)) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      nameByUsers.set(key, `${name}-${counts.get(name)}`);
    }
    names.set(id, nameByUsers.get(key)!);
  }
  return names;
}

/** The module and all that it imports, however far away, without what it loads on demand. */
function findImported(id: string, context: ChunkingContext, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(id)) return found;
  found.add(id);
  for (const imported of context.getModuleInfo(id)?.importedIds ?? []) if (isOwn(imported)) findImported(imported, context, found);
  return found;
}

/** Whether a module is one of ours: packages are not bundled. */
export function isOwn(id: string): boolean {
  return id.startsWith("/") || id.startsWith(".");
}
