/** The checks of `gable check --deploy`: what must be right before a site meets the internet. */
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import type { CheckFinding, RouteFacts } from "gable";
import { findTaskRun } from "../task-run.ts";
import { accountChecks } from "./accounts.ts";
import type { Check, Options } from "./check.ts";
import { ofOptions } from "./check.ts";
import { databaseChecks } from "./databases.ts";
import { fileChecks } from "./files.ts";
import { findOpenRanges } from "./networks.ts";
import { hasSeveralWorkers } from "./processes.ts";

const makeKey = "Run `npx gable key generate`, and put the line into the environment.";
const yearSeconds = 31_536_000;
const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);
/** Sources of a policy that undo most of it. */
const looseSources = new Set(["http:", "https:", "'unsafe-inline'", "'unsafe-eval'"]);
/** Sources that whoever writes markup can fill; harmless for images and fonts. */
const ownSources = new Set(["data:", "blob:", "filesystem:"]);
/** Directives whose sources run, or decide for all others. */
const runningDirectives = new Set(["defaultSrc", "scriptSrc", "scriptSrcElem", "objectSrc", "frameSrc", "childSrc"]);
/** Every host, or every host of a top-level domain. */
const anyHost = /^(?:[a-z][a-z0-9+.-]*:\/\/)?\*(?:\.[a-z0-9-]+)?(?::(?:\*|\d+))?(?:\/.*)?$/i;

/** Secret keys as texts. Keys of bytes were made by a program. */
function keyTexts({ secretKeys = [] }: Options): string[] {
  return secretKeys.filter((key): key is string => typeof key === "string");
}

function isKeyNeeded({ session, storage }: Options): boolean {
  return session !== undefined || (storage !== undefined && (typeof storage === "string" || storage.public !== true));
}

const keys: readonly Check[] = [
  ofOptions("keys.missing", "error", (options) =>
    isKeyNeeded(options) && (options.secretKeys ?? []).length === 0
      ? { message: "Sessions and private files need secret keys, and the application has none.", fix: makeKey }
      : undefined,
  ),
  ofOptions("keys.example", "error", (options, { readFile }) => {
    const example = readFile(".env.example") ?? "";
    const isKnown = keyTexts(options).some((key) => key !== "" && example.includes(key));
    return isKnown ? { message: "A secret key is written in .env.example, which everybody can read.", fix: makeKey } : undefined;
  }),
];

const hosts: readonly Check[] = [
  ofOptions("hosts.missing", "error", ({ hosts: names }) =>
    names === undefined || names.length === 0
      ? { message: "The application has no list of hosts.", fix: 'Pass hosts: ["example.com"] to gable().' }
      : undefined,
  ),
  ofOptions("hosts.any", "error", ({ hosts: names = [] }) => {
    // A leading dot before a top-level domain takes every site below it.
    const any = names.find((name) => /^\.[^.]*$/.test(name));
    return any === undefined
      ? undefined
      : { message: `The host "${any}" matches every site of a top-level domain.`, fix: 'Name your own domain: ".example.com".' };
  }),
  ofOptions("origin.missing", "error", ({ origin }) =>
    origin === undefined
      ? { message: "Links in mail and feeds have no base.", fix: 'Pass origin: "https://example.com" to gable().' }
      : undefined,
  ),
  ofOptions("origin.plain-http", "warning", ({ origin }) =>
    origin?.startsWith("http:") === true && !isPrivate(new URL(origin).hostname)
      ? { message: `The origin ${origin} has no TLS, and is not in a private network.`, fix: "Use an origin that starts with https://." }
      : undefined,
  ),
  ofOptions("proxies.any", "error", ({ proxies }) => {
    const any = findOpenRanges(proxies?.trust ?? []);
    return any === undefined
      ? undefined
      : {
          message: `The proxies ${any} trust nearly everybody: such clients can claim any IP address.`,
          fix: 'Name the addresses of your proxies, "loopback" or "private".',
        };
  }),
];

function isPrivate(name: string): boolean {
  return /^(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[::1\]|\[f[cd])|\.(?:localhost|internal|local|lan)$/i.test(name);
}

/** Browsers take http on this machine for safe. */
function isLoopback(name: string): boolean {
  return /^(?:localhost|127\.|\[::1\])|\.localhost$/i.test(name);
}

/** Returns the directives of a policy that allow more than they should. */
function findLooseDirectives(csp: RouteFacts["csp"] = {}): string[] {
  return Object.entries(csp)
    .filter(([directive, sources]) => [sources].flat().some((source) => isLoose(directive, String(source).toLowerCase())))
    .map(([directive]) => directive);
}

function isLoose(directive: string, source: string): boolean {
  return looseSources.has(source) || anyHost.test(source) || (runningDirectives.has(directive) && ownSources.has(source));
}

const security: readonly Check[] = [
  {
    id: "security.csp-unsafe",
    level: "warning",
    run: ({ facts: { options, routes } }) => {
      const found = findLooseDirectives(options.security?.csp).map(
        (directive) => `The content security policy is weaker than the default in ${directive}.`,
      );
      const unsafe = routes.flatMap(({ method, path, csp }) => {
        const loose = findLooseDirectives(csp);
        return loose.length === 0
          ? []
          : [`${method} ${path} has a content security policy that is weaker than the default in ${loose.join(", ")}.`];
      });
      return [...found, ...unsafe].map((message) => ({ message, fix: "Use nonces or hashes instead of unsafe sources." }));
    },
  },
  {
    id: "security.header-off",
    level: "warning",
    run: ({ facts: { options, routes } }) =>
      [
        ["All pages", options.security?.csp] as const,
        ...routes.map(({ method, path, csp }) => [`${method} ${path}`, csp] as const),
      ].flatMap(([what, csp]) => {
        const framers = (csp?.frameAncestors ?? []).filter((source) => source !== "'none'" && source !== "'self'");
        return framers.length === 0
          ? []
          : [
              {
                message: `${what} may be shown inside pages of ${framers.join(", ")}: the header X-Frame-Options is off.`,
                fix: "Leave frameAncestors out, unless these sites must show the page. Then keep the list to their exact origins.",
              },
            ];
      }),
  },
  ofOptions("security.hsts-short", "warning", ({ security: { hsts = {} } = {} }) =>
    hsts === false || (hsts.maxAgeSeconds ?? yearSeconds) < yearSeconds
      ? {
          message: "Browsers may go back to http: they remember https for less than a year.",
          fix: "Leave out security.hsts, or raise its maxAgeSeconds to 31536000.",
        }
      : undefined,
  ),
  {
    id: "security.cross-site",
    level: "info",
    run: ({ facts: { routes } }) =>
      routes.flatMap(({ method, path, exceptions }) =>
        exceptions
          .filter((each) => each.startsWith("crossSite"))
          .map((each) => ({
            message: `${method} ${path} takes requests from other sites: ${each.replace("crossSite: ", "")}.`,
            fix: "Check that the handler does not trust cookies.",
          })),
      ),
  },
  {
    id: "security.own-headers",
    level: "info",
    run: ({ facts: { routes } }) =>
      routes.flatMap(({ method, path, csp, ownHeaders }) => {
        const own = [
          ...(csp === undefined ? [] : [`content-security-policy (${Object.keys(csp).join(", ")})`]),
          ...ownHeaders.filter((name) => csp === undefined || name !== "content-security-policy"),
        ];
        return own.length === 0
          ? []
          : [
              {
                message: `${method} ${path} has its own security headers: ${own.join(", ")}.`,
                fix: "Check that they protect this route as well as the default does.",
              },
            ];
      }),
  },
  {
    id: "routes.unguarded",
    level: "info",
    run: ({ facts: { routes } }) =>
      routes
        .filter(({ method, guards }) => !safeMethods.has(method) && guards.length === 0)
        .map(({ method, path }) => ({
          message: `${method} ${path} changes something, and has no guard.`,
          fix: "Add a guard, if not everybody may do this.",
        })),
  },
  ofOptions("session.cookie-flags", "error", ({ session, origin }, { facts: { mode } }) => {
    if (session === undefined) return undefined;
    if (mode !== "production")
      return {
        message: `In the mode ${mode}, session cookies are Secure only on https.`,
        fix: "Set GABLE_MODE=production, or unset it: session cookies are then always Secure and HttpOnly.",
      };
    return origin?.startsWith("http:") === true && !isLoopback(new URL(origin).hostname)
      ? {
          message: `Session cookies are Secure, so browsers do not send them to ${origin}: nobody stays signed in.`,
          fix: "Use an origin that starts with https://.",
        }
      : undefined;
  }),
  ofOptions("session.store-memory", "error", ({ session }) =>
    session !== undefined && (session.store === "memory" || (typeof session.store === "object" && session.store.isLocal === true))
      ? {
          message: "Sessions are in the memory of the process: a restart signs everybody out.",
          fix: 'Use store: "database", or redisSessions().',
        }
      : undefined,
  ),
  ofOptions("cache.shared", "warning", (options) => {
    const { cache } = options;
    const isInMemory = cache === true || (cache !== undefined && isLocal(cache.store));
    return isInMemory && hasSeveralWorkers(options)
      ? {
          message: "Each process has a separate cache in memory: invalidate() reaches only one of them.",
          fix: 'Use cache: { store: "database" } with a cacheModel(), or redisCache({ url }).',
        }
      : undefined;
  }),
];

/** Whether other processes do not see what a cache keeps. */
function isLocal(store: Extract<NonNullable<Options["cache"]>, object>["store"]): boolean {
  return store === undefined || store === "memory" || (store !== "database" && store.isLocal === true);
}

/** Limits that are so high that they limit nothing, and times so long that nothing ever ends. */
const looseLimits = { bytesMax: 1_073_741_824, countMax: 1_000_000, ms: 3_600_000 };

function findLoose(limits: object = {}, isTime: boolean): string | undefined {
  const loose = Object.entries(limits).filter(([name, value]) => {
    if (typeof value !== "number" || name.endsWith("Ms") !== isTime) return false;
    return value > (isTime ? looseLimits.ms : name.includes("Bytes") ? looseLimits.bytesMax : looseLimits.countMax);
  });
  return loose.length === 0 ? undefined : loose.map(([name, value]) => `${name} is ${String(value)}`).join(", ");
}

/** Looks at the limits of the application, and of its routes with their groups. */
function ofLimits(id: string, isTime: boolean): Check {
  const fix = "Set them to what your largest request needs.";
  return {
    id,
    level: "error",
    run: ({ facts: { options, routes } }) => {
      const list = findLoose(options.limits, isTime);
      const found: CheckFinding[] = list === undefined ? [] : [{ message: `These limits protect nothing: ${list}.`, fix }];
      for (const { method, path, limits: own } of routes) {
        const ofRoute = findLoose(own, isTime);
        if (ofRoute !== undefined) found.push({ message: `These limits of ${method} ${path} protect nothing: ${ofRoute}.`, fix });
      }
      return found;
    },
  };
}

const limits: readonly Check[] = [ofLimits("limits.off", false), ofLimits("timeouts.off", true)];

/** Transports that keep messages instead of sending them. */
const keptMail = /^(?:outbox|memory|console|file):/;

const mail: readonly Check[] = [
  ofOptions("mail.development", "error", ({ mail: setting }) => {
    const transport = typeof setting === "object" ? setting.transport : setting;
    const isKept = typeof transport === "object" ? !transport.delivers : transport !== undefined && keptMail.test(transport);
    return isKept
      ? { message: "Mail is kept instead of sent.", fix: 'Set the transport to an SMTP server: "smtp://user:password@host:587".' }
      : undefined;
  }),
  ofOptions("mail.plain", "error", ({ mail: setting }) => {
    const transport = typeof setting === "object" ? setting.transport : setting;
    const isPlain =
      typeof transport === "object" ? transport.isPlain : transport !== undefined && /^smtp:\/\/[^?]*\?(?:.*&)?insecure=/.test(transport);
    return isPlain ? { message: "Mail and its password travel without TLS.", fix: "Use a server with STARTTLS, or smtps://." } : undefined;
  }),
];

/** The folder of stored files; undefined where a service keeps them. */
function findStorageFolder({ storage }: Options): string | undefined {
  const store = typeof storage === "object" ? storage.store : storage;
  return typeof store === "object" ? store.directory : store;
}

const storages: readonly Check[] = [
  ofOptions("storage.local-many", "warning", (options) => {
    const folder = findStorageFolder(options);
    return folder === undefined
      ? undefined
      : {
          message: `Stored files are in the folder "${folder}" of one machine: other machines of the site do not have them.`,
          fix: "With several machines, use a folder that all of them share, or a store of a service. With one machine, back the folder up.",
        };
  }),
  ofOptions("storage.in-static", "error", (options, { folder: project }) => {
    const [stored, { static: files }] = [findStorageFolder(options), options];
    const served = typeof files === "object" ? files.directory : files;
    if (stored === undefined || served === undefined) return undefined;
    const [one, other] = [stored, served].map((path) => toRealPath(resolve(project, path)) + sep);
    return one!.startsWith(other!) || other!.startsWith(one!)
      ? {
          message: `The folder of stored files "${stored}" and the static folder "${served}" overlap: uploads would be pages of the site.`,
          fix: 'Use a separate folder for stored files: storage: "var/media".',
        }
      : undefined;
  }),
];

/** Follows links, as far as the path exists. */
function toRealPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(toRealPath(parent), basename(path));
}

/** Wait of a task after which too few workers run, in ms. */
const backlogMs = 600_000;

function toMinutes(ms: number): string {
  return `${Math.floor(ms / 60_000)} minutes`;
}

const tasks: readonly Check[] = [
  ofOptions("tasks.no-worker", "error", (options, { queue, areTasksOff = false }) => {
    const run = findTaskRun(options)?.run;
    if (run === "record")
      return { message: "Tasks are recorded, and nothing runs them.", fix: 'Leave out the option run of tasks, or set it to "worker".' };
    const isElsewhere = run === "elsewhere" || (run === "worker" && areTasksOff);
    if (!isElsewhere || queue === undefined || queue.isMoving || queue.oldestMs <= backlogMs) return undefined;
    return {
      message: `${queue.waiting} tasks wait, the oldest for ${toMinutes(queue.oldestMs)}, and no worker runs any.`,
      fix: "Start `npx gable worker`, or let `gable start` run tasks: without GABLE_TASKS=off, and without the option run.",
    };
  }),
  ofOptions("tasks.backlog", "warning", (_options, { queue }) =>
    queue === undefined || queue.oldestMs <= backlogMs
      ? undefined
      : {
          message: `The oldest of ${queue.waiting} waiting tasks has waited for ${toMinutes(queue.oldestMs)}.`,
          fix: "Run more workers (`npx gable worker`), raise the option concurrency of tasks, or give urgent tasks a separate queue.",
        },
  ),
];

/** Mistakes that the application itself refuses at start, by the id under which the report has them. */
export const startErrorIds: Readonly<Record<string, string>> = { E_SECRET_KEY_INVALID: "keys.weak" };

/** All checks before a deployment, in the order of their report. */
export const deployChecks: readonly Check[] = [
  {
    id: "mode.production",
    level: "error",
    run: ({ facts: { mode } }) =>
      mode === "production"
        ? []
        : [
            {
              message: `The mode is ${mode}: error pages would show code, and protections are weaker.`,
              fix: "Set GABLE_MODE=production, or unset it.",
            },
          ],
  },
  ...keys,
  ...hosts,
  ...security,
  ...accountChecks,
  ...limits,
  ...databaseChecks,
  ...mail,
  ...storages,
  ...tasks,
  ...fileChecks,
];
