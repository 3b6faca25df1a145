export { gable } from "./app/gable.ts";
export { get, post, put, patch, del, head, options, group } from "./app/define-route.ts";
export { resource } from "./app/resource.ts";
export { mount } from "./app/mount.ts";
export { middleware } from "./app/handler.ts";
export { json, text, page, redirect, problem, stream } from "./app/replies.ts";
export { file, download } from "./app/files.ts";
export { checkConditions } from "./app/check-conditions.ts";
export { HandlerReply } from "./app/handler-reply.ts";
export { defineConverter } from "./routing/converters.ts";
export { html } from "./views/html.ts";
export { raw, toJson, Html } from "./views/values.ts";
export { GableError, isGableError } from "./errors/gable-error.ts";
export { safeRedirectTarget } from "./http/redirect-target.ts";
export {
  badRequest,
  unauthorized,
  forbidden,
  notFound,
  methodNotAllowed,
  notAcceptable,
  conflict,
  gone,
  preconditionFailed,
  contentTooLarge,
  unsupportedMediaType,
  rangeNotSatisfiable,
  misdirected,
  unprocessable,
  locked,
  tooEarly,
  preconditionRequired,
  tooManyRequests,
  unavailable,
  insufficientStorage,
} from "./errors/status-errors.ts";
export type { Application } from "./app/gable.ts";
export type { GableOptions, SecurityOptions } from "./app/options.ts";
export type { ListenOptions, RunningApp } from "./app/listen.ts";
export type { Mode } from "./app/mode.ts";
export type { Logger, LogMethod } from "./app/logger.ts";
export type { HealthOptions, HealthCheck } from "./app/health.ts";
export type { AppTypes, AppType, Context, ContextInput, AnyInput, Cookies, ReplyDraft } from "./app/context.ts";
export type {
  Handler,
  Guard,
  Middleware,
  AnyMiddleware,
  Next,
  RouteOptions,
  SharedOptions,
  RouteSecurity,
  CacheOptions,
  InputOf,
  QueryOf,
  AddedBy,
  TypeError_,
} from "./app/handler.ts";
export type { HandlerResult } from "./app/handler-result.ts";
export type { RouteFactory, Group, ListBelow, RouteEntry, AnyRoute, AnyGroup } from "./app/define-route.ts";
export type { Resource, ResourceAction, ResourceController, ResourceOptions, ActionContext } from "./app/resource.ts";
export type { FetchHandler } from "./app/mount.ts";
export type { FormInput, FileFields, FileFieldOptions } from "./app/form-input.ts";
export type { ReplyOptions } from "./app/handler-reply.ts";
export type { PageOptions, RedirectOptions, StreamOptions } from "./app/replies.ts";
export type { FileOptions, DownloadOptions } from "./app/files.ts";
export type { ErrorHook, ErrorReport } from "./app/error-replies.ts";
export type { StandardSchema, SchemaResult, SchemaIssue, InputOfSchema, OutputOfSchema } from "./app/standard-schema.ts";
export type { ViewFunction, ViewOptions } from "./app/view-options.ts";
export type { StaticOptions } from "./files/static-files.ts";
export type { UploadedFile } from "./files/uploaded-file.ts";
export type { ProxyOptions } from "./http/proxies.ts";
export type { FieldError, ProblemOptions } from "./http/problem.ts";
export type { CookieOptions } from "./http/cookies.ts";
export type { Converter, Converters } from "./routing/converters.ts";
export type { PathParams } from "./routing/path-params.ts";
export type { Route, QueryValues, UrlArguments, RouteBinding } from "./routing/route.ts";
export type { SourcePlace } from "./errors/source-place.ts";
export type { ContentSecurityPolicy } from "./security/response-headers.ts";
export type { Hole, HoleArray } from "./views/values.ts";
export type { GableErrorOptions } from "./errors/gable-error.ts";
export type { StatusError, StatusErrorOptions } from "./errors/status-errors.ts";
export type { ServerLimits } from "./server/limits.ts";
