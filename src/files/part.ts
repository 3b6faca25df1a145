/** Adds static files to an application: their routes, and the folder that is read at the start. */
import { GableError } from "../errors/gable-error.ts";
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions, describeValue } from "../errors/option-errors.ts";
import { findCallerPlace } from "../errors/source-place.ts";
import type { AnyContext } from "../handlers/context.ts";
import { HandlerRoute, createRoute } from "../handlers/define-route.ts";
import { definePart } from "../parts/part.ts";
import type { PlainReply } from "../replies/file-reply.ts";
import { fromPlainReply } from "../replies/files.ts";
import { HandlerReply } from "../replies/handler-reply.ts";
import type { StaticFiles, StaticOptions } from "./static-files.ts";

/** The option of `gable()` for static files. */
export interface StaticSetting {
  /** Folder with static files, or options for them. None by default. */
  static?: string | StaticOptions;
}

const optionNames: OptionKinds<StaticOptions> = {
  directory: "string",
  at: "string",
  root: "strings",
  index: "boolean",
  symlinks: ["inside", "none"],
};

/** Serves the files of a folder. */
export const staticFilesPart = definePart({
  name: "static-files",
  option: {
    names: { static: true },
    check: ({ static: option }: StaticSetting) => {
      if (typeof option === "object") assertKnownOptions("gable() static", option, optionNames);
    },
  },
  routes: (files: () => StaticFiles, { static: option = "static" }) => createStaticRoutes(files, toStaticOptions(option)),
  start: async ({ mode }, { static: option = "static" }): Promise<StaticFiles> => {
    // Loaded only if the application has static files.
    const { StaticFiles } = await import("./static-files.ts");
    const files = new StaticFiles(toStaticOptions(option), mode !== "development");
    await files.load();
    return files;
  },
});

function toStaticOptions(option: string | StaticOptions): StaticOptions {
  return typeof option === "string" ? { directory: option } : option;
}

function createStaticRoutes(files: () => StaticFiles, { at = "/static", root = [], index = false }: StaticOptions): HandlerRoute[] {
  const answer = (context: AnyContext, name: string): HandlerReply | Promise<HandlerReply> => {
    const reply = files().answer(context.method, context.headers, name, context.path.endsWith("/"));
    return reply instanceof Promise ? reply.then((settled) => toStaticReply(settled, context)) : toStaticReply(reply, context);
  };
  // The pattern of the route has the parameter.
  const inFolder = (context: AnyContext): unknown => answer(context, (context.params as { name: string }).name);
  const pattern = `${at.replace(/\/$/, "")}/*name`;
  const place = findCallerPlace(createStaticRoutes);
  const routes = [new HandlerRoute({ method: "GET", pattern, place, hasFolders: index }, {}, inFolder)];
  for (const name of root)
    routes.push(createRoute("GET", [`/${name}`, (context: AnyContext) => answer(context, name)], createStaticRoutes));
  return routes;
}

function toStaticReply(reply: PlainReply | "folder" | undefined, context: AnyContext): HandlerReply {
  if (reply === undefined) throw new GableError("E_FILE_NOT_FOUND", "There is no such file.");
  // Relative links of an index only work when its address ends with a slash.
  if (reply === "folder") return new HandlerReply(308, "", null, [["location", `${context.path}/${context.url.search}`]]);
  return fromPlainReply(reply);
}

/** Creates the error of an application without static files. */
export function assetsMissing(name: string, isEnabled: boolean): GableError {
  const reason = isEnabled ? "the application has not started" : "the application has no option static";
  return new GableError("E_ASSET_UNKNOWN", `There is no static file ${describeValue(name)}: ${reason}.`);
}
