export { gable } from "./app/gable.ts";
export { definePart } from "./parts/part.ts";
export { get, post, put, patch, del, head, options } from "./handlers/define-route.ts";
export { socket } from "./handlers/define-socket.ts";
export { group } from "./handlers/group.ts";
export { resource } from "./handlers/resource.ts";
export { mount } from "./handlers/mount.ts";
export { middleware } from "./handlers/handler.ts";
export { json, text, page, redirect, problem, stream } from "./replies/replies.ts";
export { file, download } from "./replies/files.ts";
export { checkConditions } from "./replies/check-conditions.ts";
export { HandlerReply } from "./replies/handler-reply.ts";
export { defineConverter } from "./routing/converters.ts";
export { html } from "./views/html.ts";
export { raw } from "./views/rendering/raw.ts";
export { toJson, Html } from "./views/values.ts";
export { createSigner } from "./security/signer.ts";
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
export type { ApplicationLimits, FrameworkSettings, GableOptions, SecurityOptions } from "./app/options.ts";
export type { ListenOptions, RunningApp } from "./app/listen.ts";
export type { Mode } from "./parts/mode.ts";
export type { AppLogger, Logger, LogLevel, LogMethod } from "./handlers/logger.ts";
export type { LogOptions, LogSetting } from "./log/log-levels.ts";
export type { HealthOptions, HealthCheck } from "./health/health.ts";
export type { HealthSetting } from "./health/part.ts";
export type { MetricsOptions, MetricsSetting } from "./metrics/part.ts";
export type { TracesSetting } from "./traces/part.ts";
export type { AppTypes, AppType } from "./handlers/app-types.ts";
export type {
  Context,
  ContextInput,
  AnyContext,
  AnyInput,
  BeforeReplyHook,
  ContextProperties,
  Cookies,
  CookieNameOptions,
  ContextCookieOptions,
  ReplyFacts,
} from "./handlers/context.ts";
export type { ReplyDraft } from "./replies/reply-draft.ts";
export type {
  Handler,
  Guard,
  Middleware,
  AnyMiddleware,
  Next,
  RouteOptions,
  SharedOptions,
  RouteLimits,
  RouteSecurity,
  CacheOptions,
  InputOf,
  QueryOf,
  AddedBy,
  TypeError_,
} from "./handlers/handler.ts";
export type { HandlerResult } from "./replies/handler-result.ts";
export type { RouteFactory, RouteParent } from "./handlers/define-route.ts";
export type {
  MessageOf,
  RawMessage,
  SocketConnection,
  SocketEnd,
  SocketFactory,
  SocketHandlers,
  SocketOptions,
} from "./handlers/define-socket.ts";
export type { EarlyHintsOptions } from "./replies/early-hints.ts";
export type { EventsOptions, SendEvents } from "./replies/events.ts";
export type { ServerEvent } from "./http/event-stream.ts";
export type { LiveOptions, LiveSetting } from "./live/part.ts";
export type { LiveTimes } from "./live/times.ts";
export type { Group, ListBelow, RouteEntry, AnyRoute, AnyGroup } from "./handlers/group.ts";
export type { Resource, ResourceAction, ResourceController, ResourceOptions, ActionContext } from "./handlers/resource.ts";
export type { FetchHandler } from "./handlers/mount.ts";
export type {
  CheckedForm,
  ControlAttributes,
  DisplayField,
  DisplayForm,
  DisplayRow,
  FileFieldOptions,
  FileFields,
  FormError,
  FormOf,
  FormOption,
  InvalidForm,
  RenderOptions,
  SchemaForm,
  SchemaFormState,
  ValidForm,
} from "./handlers/form.ts";
export type { ConditionsContext } from "./replies/check-conditions.ts";
export type { ReplyOptions } from "./replies/handler-reply.ts";
export type { PageOptions, RedirectOptions, StreamOptions } from "./replies/replies.ts";
export type { FileOptions, DownloadOptions } from "./replies/files.ts";
export type { ErrorHook, HandledError } from "./app/error-replies.ts";
export type { StandardSchema, SchemaResult, SchemaIssue, InputOfSchema, OutputOfSchema } from "./handlers/standard-schema.ts";
export type { ViewFunction } from "./handlers/view-function.ts";
export type { ViewOptions, ViewSetting } from "./views/part.ts";
export type { Part, PartInstance, PartHooks, PartHost, PartOption, TypedPart, AnyPart, Pending } from "./parts/part.ts";
export type { FetchRuntime } from "./app/fetch-request.ts";
export type { DatabaseSettings } from "./data/part.ts";
export type { StaticSetting } from "./files/part.ts";
export type { StaticOptions } from "./files/static-files.ts";
export type { SavedUpload, SaveUploadOptions, UploadedFile, UploadTarget, UploadTextOptions } from "./handlers/uploaded-file.ts";
export type { ProxyOptions } from "./http/proxies.ts";
export type { FieldError, ProblemOptions } from "./http/problem.ts";
export type { CookieOptions } from "./http/cookies.ts";
export type { Converter, Converters } from "./routing/converters.ts";
export type { PathParams } from "./routing/path-params.ts";
export type { Route, QueryValues, UrlArguments, RouteBinding } from "./routing/route.ts";
export type { SourcePlace } from "./errors/source-place.ts";
export type { ContentSecurityPolicy } from "./http/content-security-policy.ts";
export type { StrictTransportOptions } from "./http/strict-transport.ts";
export type { Hole, HoleArray } from "./views/values.ts";
export type { CorsOptions } from "./handlers/cors-options.ts";
export type { RateKey, RateOptions } from "./handlers/rate-options.ts";
export type { Rate, RateDecision, RateLimits } from "./handlers/rate-limits.ts";
export type { RateLimitsOptions } from "./security/rates/part.ts";
export type { Signer, SignerOptions } from "./security/signer.ts";
export type { SecretKey } from "./security/keyring.ts";
export type { Flash, FlashLevel, FlashMessage, RotateOptions, Session, SessionValues } from "./handlers/session.ts";
export type { SessionOptions } from "./session/part.ts";
export type { SessionStore, SessionRecord, SessionChanges, SessionOutcome } from "./session/session-store.ts";
export type { GableErrorOptions } from "./errors/gable-error.ts";
export type { StatusError, StatusErrorOptions } from "./errors/status-errors.ts";
export type { ServerLimits } from "./server/limits.ts";
export { env } from "./settings/env.ts";
export { defineSettings } from "./settings/define-settings.ts";
export type { DefineSettingsOptions, SettingProblem, Settings } from "./settings/define-settings.ts";
export type { NumberSettingOptions, TextSettingOptions, UrlSettingOptions } from "./settings/env.ts";
export type { ReadResult, SettingOptions, SettingReader } from "./settings/reader.ts";
export { createRedactor, describeSettings } from "./settings/define-settings.ts";
export { toEnvExample } from "./settings/env-example.ts";
export type { SettingFacts } from "./settings/define-settings.ts";
export { assertCommand, defineCommand } from "./commands/define-command.ts";
export { defineCheck } from "./app/define-check.ts";
export type { Check, CheckSubject } from "./app/define-check.ts";
export type { AnyCheck, CheckFinding, CheckSettings } from "./parts/check.ts";
export { createProgress } from "./commands/progress.ts";
export type {
  ArgumentOptions,
  ArgumentValues,
  Command,
  CommandContext,
  CommandOptions,
  FlagOptions,
  FlagValues,
} from "./commands/define-command.ts";
export type { Progress, ProgressBar, ProgressOptions, ProgressSink, ProgressState } from "./commands/progress.ts";
export type { ApplicationFacts, RouteFacts } from "./app/describe.ts";
