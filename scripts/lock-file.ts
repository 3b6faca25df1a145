/** Finds what keeps `npm ci` from installing a lock file on another machine. */

/** The parts of a `package-lock.json` that the check reads. */
export interface LockFile {
  /** Packages by their folder; "" is the repository itself. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** One package of a lock file. */
export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Returns a sentence for each package that the lock file lacks, and for each address of a registry in it. */
export function findLockProblems({ packages }: LockFile): string[] {
  return Object.entries(packages).flatMap(([folder, locked]) => [...findMissing(packages, folder), ...findAddresses(folder, locked)]);
}

function findMissing(packages: LockFile["packages"], folder: string): string[] {
  const { dependencies, devDependencies, optionalDependencies } = packages[folder]!;
  return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter((name) => !candidates(folder, name).some((place) => Object.hasOwn(packages, place)))
    .map((name) => `package-lock.json has no entry for ${name}, which ${folder === "" ? "package.json" : folder} depends on.`);
}

/** Lists the folders in which Node looks for a package, the nearest first. */
function candidates(folder: string, name: string): string[] {
  const found = [`${folder === "" ? "" : `${folder}/`}node_modules/${name}`];
  for (let at = folder.lastIndexOf("/"); at > 0; at = folder.lastIndexOf("/", at - 1)) {
    const parent = folder.slice(0, at);
    if (!parent.endsWith("node_modules")) found.push(`${parent}/node_modules/${name}`);
  }
  return [...found, `node_modules/${name}`];
}

function findAddresses(folder: string, { resolved, integrity, link, version }: LockedPackage): string[] {
  if (link === true || !folder.includes("node_modules/")) return [];
  const problems: string[] = [];
  if (resolved !== undefined) problems.push(`package-lock.json names the registry that ${folder} came from: ${resolved}.`);
  if (integrity === undefined && version !== undefined) problems.push(`package-lock.json has no integrity hash for ${folder}.`);
  return problems;
}
