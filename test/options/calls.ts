/** Calls of the functions that take an options object: a row for each public object of options, with the places that take it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import * as auth from "gable/auth";
import * as cached from "gable/cache";
import * as checks from "gable/check";
import * as development from "gable/development";
import * as data from "gable/data";
import type { Database } from "gable/data";
import * as forms from "gable/forms";
import * as core from "gable";
import * as http from "gable/http";
import * as live from "gable/live";
import * as mail from "gable/mail";
import * as migrations from "gable/migrations";
import * as security from "gable/security";
import * as server from "gable/server";
import * as session from "gable/session";
import * as stored from "gable/storage";
import * as tasks from "gable/tasks";
import * as testing from "gable/testing";
import * as views from "gable/views";
import { silentLogger } from "../silent-logger.ts";

const { field: f } = data;
class Author extends data.Model("authors", { id: f.id(), name: f.text({ max: 50 }) }) {}
class User extends data.Model("users", { ...auth.accountFields() }) {}
class Other extends data.Model("others", { id: f.id() }) {}
class More extends data.Model("mores", { id: f.id(), odd: () => data.belongsTo(Other) }) {}
class Account extends data.Model("accounts", auth.accountFields()) {}
class Book extends data.Model("books", { id: f.id(), author: () => data.belongsTo(Author) }) {}

/** A part, and a name, of which no suite is made: within a test, Node 22 and 24 count its tests as failed. */
const unnamed = {
  get name(): string {
    throw new Error("No suite is defined here.");
  },
  toString: (): string => unnamed.name,
};

const folder = mkdtempSync(join(tmpdir(), "gable-options-"));
after(() => rmSync(folder, { recursive: true }));
let database: Database;
before(async () => {
  database = await data.createDatabase({ url: "sqlite::memory:", models: [Author, Book] });
  await database.createTables();
});
after(() => database.close());

/** What is added to the options of each call. */
let added: object = {};

/** Makes a call with options added to its own. */
export async function callWith(call: () => unknown, options: object): Promise<unknown> {
  added = options;
  return call();
}

/** Adds the options of {@link callWith}. Types do not see them. */
function odd<Options extends object>(options: Options): Options {
  return { ...options, ...added };
}

/** Models are checked when a database or an application gets them. */
function asField(make: () => object): () => Promise<unknown> {
  return async () => {
    const odd = data.Model("odd", { id: f.id(), odd: make() as never });
    const own = await data.createDatabase({ url: "sqlite::memory:", models: [odd, Other, More] });
    await own.close();
  };
}

const app = (options: core.GableOptions): core.Application => core.gable({ mode: "test", logger: silentLogger, ...options });
const routes = (options: object): core.Application => app({ routes: [core.get("/", options, () => "x")] });
/** Opens a stream of one event. */
function openEvents(): Promise<testing.TestEvents> {
  async function* one(): AsyncGenerator<core.ServerEvent> {
    yield { data: 1 };
  }
  const own = app({ routes: [core.get("/", ({ reply }) => reply.events(one()))] });
  return testing.createTestClient(own).liveEvents("/");
}
/** Runs a handler, and throws what it throws. */
async function inHandler(handler: (context: core.Context) => unknown, options: core.GableOptions = {}): Promise<void> {
  const own = app({ routes: [core.get("/", handler as never)], ...options });
  try {
    await testing.createTestClient(own).get("/");
  } finally {
    await own.close();
  }
}
const jobs = tasks.task("job", {}, () => undefined);
const inDatabase =
  (work: () => unknown): (() => Promise<unknown>) =>
  () =>
    database.run(async () => work());
const key = "0123456789abcdefABCDEFghijklmnopqrstuvwxyz_";

const g = forms.field;
const contact = forms.form({ name: g.text() });
const inForm = (make: () => object) => () => forms.form({ odd: make() as never });
const store = cached.createCache({ store: cached.memoryCache() });
const report = development.createErrorReport(new Error("x"));
const schema = { "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) } } as never;

/** Runs work while an application runs. */
async function withApp(options: core.GableOptions, work: (own: core.Application) => unknown): Promise<void> {
  const own = app(options);
  await own.start();
  try {
    await work(own);
  } finally {
    await own.close();
  }
}
const inTasks = (work: (own: tasks.AppTasks) => unknown) => () => withApp({ tasks: [jobs] }, (own) => work(own.part(tasks.tasksPart)));
const inStorage = (work: (storage: stored.AppStorage) => unknown) => () =>
  withApp({ storage: folder, secretKeys: [key] }, (own) => work(own.part(stored.storagePart)));
const inChannel =
  (work: (posts: live.Channel<object, unknown, unknown>, signal: AbortSignal) => unknown): (() => Promise<void>) =>
  () =>
    withApp({ live: {} }, () => work(live.channel("posts"), new AbortController().signal));

/** Runs work with a server, and stops it. */
async function afterListening(listening: Promise<server.RunningServer>, work: (running: server.RunningServer) => unknown): Promise<void> {
  const running = await listening;
  try {
    await work(running);
  } finally {
    await running.stop();
  }
}

/** Sends a form with a file, and throws what the handler throws. */
const sendFile = (handler: (form: core.SchemaFormState) => unknown) => async () => {
  const own = app({
    routes: [
      core.post("/", { form: schema, files: { photo: { bytesMax: 100 } } }, (({ form }: { form: never }) => handler(form)) as never),
    ],
  });
  try {
    await testing.createTestClient(own).post("/", { files: { photo: { name: "a.txt", content: "a" } } });
  } finally {
    await own.close();
  }
};

/** Reads the body of a request on both servers, and throws what that throws. */
const readBody = (engine: "gable" | "node", method: string, read: (body: http.BodySource) => unknown) => async () => {
  const errors: unknown[] = [];
  const listener: http.RequestListener = async ({ body }) => {
    try {
      await read(body);
    } catch (error) {
      errors.push(error);
    }
    return { status: 204, headers: [], body: null };
  };
  await afterListening(server.serve(listener, { port: 0, engine }), ({ url }) =>
    fetch(url, { method, ...(method === "POST" && { body: "x" }) }),
  );
  if (errors.length > 0) throw errors[0];
};

export const optionCalls: Readonly<Record<string, ReadonlyArray<() => unknown>>> = {
  "accountFields()": [() => auth.accountFields(odd({ login: "username" as const }))],
  AccountFieldsOptions: [() => auth.accountFields(odd({}))],
  AccountsOptions: [() => auth.defineAccounts(odd({ user: User }))],
  TwoFactorOptions: [() => auth.defineAccounts({ user: Account, twoFactor: odd({ issuer: "Shelf" }) })],
  ProviderOptions: [
    () =>
      auth.defineAccounts({
        user: Account,
        providers: { example: odd({ issuer: "https://id.example", clientId: "a", clientSecret: "b" }) },
      }),
  ],
  RememberOptions: [() => auth.defineAccounts({ user: Account, remember: odd({}) })],
  AggregateOptions: [
    inDatabase(() =>
      Author.where()
        .values((row) => ({ n: row.id.max(odd({})) }))
        .first(),
    ),
  ],
  BelongsToOptions: [asField(() => () => data.belongsTo(Other, odd({})))],
  CacheControlOptions: [() => http.toCacheControl(odd({}))],
  CacheSettings: [() => app({ cache: odd({}) })],
  "cache.CacheOptions": [() => cached.createCache({ store: cached.memoryCache() }).remember("a", odd({ ttlSeconds: 1 }), () => 1)],
  CacheWriteOptions: [() => cached.createCache({ store: cached.memoryCache() }).set("a", 1, odd({ ttlSeconds: 1 }))],
  CreateCacheOptions: [() => cached.createCache(odd({ store: cached.memoryCache() }))],
  MemoryCacheOptions: [() => cached.memoryCache(odd({}))],
  ChannelOptions: [() => live.channel("posts", odd({}) as never)],
  CookieOptions: [() => http.serializeCookie("a", "b", odd({}))],
  ContextCookieOptions: [
    () =>
      inHandler(({ cookies }) => {
        cookies.set("a", "b", odd({}));
        return "";
      }),
  ],
  CorsOptions: [() => app({ security: { cors: odd({ origins: ["https://example.com"] }) } })],
  SecurityOptions: [() => app({ security: odd({}) })],
  StrictTransportOptions: [() => app({ security: { hsts: odd({}) } })],
  CreateManyOptions: [inDatabase(() => Author.createMany([{ name: "a" }], odd({})))],
  WriteOptions: [inDatabase(() => Author.create({ name: "a" }, odd({})))],
  CsvOptions: [() => views.csv([], odd({}))],
  DatabaseOptions: [() => data.createDatabase(odd({ url: "sqlite::memory:", models: [] }))],
  DatabasesOptions: [() => data.createDatabases(odd({ databases: {}, models: [] }) as never)],
  DefineSettingsOptions: [() => core.defineSettings({}, odd({}))],
  SettingOptions: [() => core.env.boolean("A", odd({}))],
  TextSettingOptions: [() => core.env.text("A", odd({}))],
  NumberSettingOptions: [() => core.env.int("A", odd({}))],
  UrlSettingOptions: [() => core.env.url("A", odd({}))],
  DiskStorageOptions: [() => stored.diskStorage(odd({ directory: folder }))],
  S3StorageOptions: [
    () => stored.s3Storage(odd({ bucket: "abc", credentials: { accessKeyId: "a", secretAccessKey: "b" } })),
    () => stored.s3Storage({ bucket: "abc", credentials: odd({ accessKeyId: "a", secretAccessKey: "b" }) }),
  ],
  StorageSettings: [() => app({ storage: odd({ store: folder }) as never })],
  DownloadOptions: [() => core.download("missing.txt", odd({ root: folder }))],
  "data.FileOptions": [asField(() => f.file(odd({})))],
  "forms.FileOptions": [inForm(() => g.file(odd({})))],
  "index.FileOptions": [() => core.file("missing.txt", odd({ root: folder }))],
  ReplyOptions: [() => core.json({}, odd({})), () => core.text("", odd({}))],
  "data.PageOptions": [inDatabase(() => Author.where().page(odd({ size: 1 }) as never))],
  "index.PageOptions": [() => core.page(views.html``, odd({}))],
  RedirectOptions: [() => core.redirect("/", odd({}))],
  StreamOptions: [() => core.stream((async function* () {})(), odd({}))],
  ProblemOptions: [() => core.problem(odd({ status: 400, title: "x" }) as never)],
  StatusErrorOptions: [() => core.notFound("x", odd({}))],
  "Database.isolate()": [async () => (await database.isolate(odd({})))()],
  DumpOptions: [() => migrations.dumpData(odd({ database, folder }))],
  "data.LoadOptions": [
    inDatabase(() =>
      Book.where()
        .with({ author: odd({}) })
        .all(),
    ),
  ],
  "migrations.LoadOptions": [() => migrations.loadData(odd({ database, folder }))],
  BullmqQueueOptions: [() => tasks.bullmqQueue(odd({ url: "redis://127.0.0.1" }))],
  EnqueueOptions: [() => inHandler(() => jobs.enqueue(undefined, odd({})), { tasks: [jobs] })],
  TaskOptions: [() => tasks.task("x", odd({}), () => undefined)],
  TaskSetupOptions: [() => app({ tasks: odd({ tasks: [] }) })],
  EventsOptions: [() => inHandler(({ reply }) => reply.events((async function* () {})(), odd({})))],
  EarlyHintsOptions: [() => inHandler(({ reply }) => reply.earlyHints(odd({ link: "</a>; rel=preload" })))],
  FieldOptions: [inForm(() => g.boolean(odd({})))],
  TextOptions: [inForm(() => g.text(odd({})))],
  NumberOptions: [inForm(() => g.int(odd({})))],
  DecimalOptions: [inForm(() => g.decimal(odd({ digits: 5, scale: 2 }) as never))],
  DateOptions: [inForm(() => g.date(odd({})))],
  DatetimeOptions: [inForm(() => g.datetime(odd({})))],
  ChoiceOptions: [inForm(() => g.choice({ a: "A" }, odd({})))],
  JsonOptions: [inForm(() => g.json(odd({}) as never))],
  FormOptions: [() => forms.form({}, odd({}) as never)],
  ModelFormOptions: [() => forms.modelForm(Author, odd({ fields: ["name"] }) as never)],
  SharedOptions: [() => core.group("/a", [], odd({}))],
  GableOptions: [() => app(odd({}))],
  "index.CacheOptions": [() => routes({ cache: odd({}) })],
  RouteOptions: [() => routes(odd({}))],
  ResourceOptions: [
    () =>
      core.resource(
        "/a",
        class extends Object {
          index = () => "x";
        } as never,
        odd({}),
      ),
  ],
  HasOptions: [asField(() => () => data.hasMany(More, odd({ by: "none" })))],
  ManyToManyOptions: [asField(() => () => data.manyToMany(More, odd({})))],
  HealthOptions: [() => app({ health: odd({}) })],
  PasswordHasherOptions: [() => auth.createPasswordHasher(odd({}))],
  IndexOptions: [
    () =>
      data.createDatabase({
        url: "sqlite::memory:",
        models: [data.Model("odd", { id: f.id() }, { indexes: [odd({ on: ["id"] as const })] })],
      }),
  ],
  ModelOptions: [() => data.createDatabase({ url: "sqlite::memory:", models: [data.Model("odd", { id: f.id() }, odd({}))] })],
  LockOptions: [() => database.run(() => data.transaction(() => Author.where().lock("update", odd({})).all()))],
  LogOptions: [() => app({ log: odd({}) as never })],
  ListenOptions: [() => afterListening(app({}).listen(odd({ port: 0 })), () => undefined)],
  MailSettings: [() => app({ mail: odd({}) })],
  MailOptions: [
    () => inHandler(() => mail.sendMail(odd({ to: "a@example.com", from: "b@example.com", subject: "x", text: "y" })), { mail: "memory:" }),
  ],
  MemoryMailOptions: [() => mail.memoryMail(odd({}))],
  SmtpOptions: [() => mail.smtpMail(odd({ host: "localhost" }))],
  MakeOptions: [() => migrations.makeMigration(odd({ models: [], folder }))],
  MigrateOptions: [() => migrations.migrate(odd({ database, folder }))],
  RollbackOptions: [() => migrations.rollback(odd({ database, folder }))],
  MigrationsOptions: [() => migrations.previewMigrations(odd({ database, folder }))],
  StatusOptions: [() => migrations.readStatus(odd({ database, folder }))],
  PreviewOptions: [() => migrations.previewMigrations(odd({ database, folder }))],
  CheckLiveOptions: [() => migrations.checkLive(odd({ database, folder }))],
  OldCodeOptions: [() => migrations.checkOldCode(odd({ folder, since: "0001" }))],
  PullOptions: [() => migrations.pullModels(odd({ database }))],
  SeedOptions: [() => migrations.runSeeds(odd({ database, folder }))],
  SquashOptions: [() => migrations.squashMigrations(odd({ folder, to: "0001" }))],
  NamedDatabaseOptions: [() => app({ databases: { default: odd({ url: "sqlite::memory:" }) } as never, models: [Author] }).start()],
  NodeListenerOptions: [() => server.toNodeListener(app({}).listener as never, odd({}))],
  NumberedPageOptions: [inDatabase(() => Author.where().numberedPage(odd({ number: 1, size: 1 }) as never))],
  OrderOptions: [
    inDatabase(() =>
      Author.where()
        .orderBy((row) => row.name.asc(odd({})))
        .first(),
    ),
  ],
  PostgresCarrierOptions: [() => live.postgresCarrier(odd({ url: "postgres://127.0.0.1/a" }))],
  ProxyOptions: [() => app({ proxies: odd({ trust: [] }) }), () => http.createForwardedReader(odd({ trust: [] }))],
  RateOptions: [() => app({ limits: { rate: odd({ requestsMax: 1, windowSeconds: 1 }) } })],
  RedisOptions: [
    () => session.redisSessions(odd({ url: "redis://127.0.0.1" })),
    () => security.redisRates(odd({ url: "redis://127.0.0.1" })),
    () => cached.redisCache(odd({ url: "redis://127.0.0.1" })),
  ],
  RedisCarrierOptions: [() => live.redisCarrier(odd({ url: "redis://127.0.0.1" }))],
  ServeOptions: [() => afterListening(server.serve(app({}).listener as never, odd({ port: 0 })), () => undefined)],
  SessionOptions: [() => app({ session: odd({}), secretKeys: [key] })],
  SignerOptions: [() => core.createSigner("x", odd({ secretKeys: [key] }))],
  SitemapOptions: [() => views.sitemap({}, odd({}))],
  SlugifyOptions: [() => data.slugify("a", odd({}))],
  SocketOptions: [() => live.socket("/a", odd({}), {})],
  StaticOptions: [() => app({ static: odd({ directory: folder }) })],
  SuperviseOptions: [() => server.supervise(odd({ app: "app.ts", workers: 0 }))],
  TestClientOptions: [() => testing.createTestClient(app({}), odd({}))],
  TestEventsOptions: [() => testing.createTestClient(app({})).liveEvents("/", odd({}))],
  TestSocketOptions: [() => testing.createTestClient(app({})).socket("/", odd({}))],
  LiveWaitOptions: [async () => (await openEvents()).next(odd({})), async () => (await openEvents()).ended(odd({}))],
  TransactionOptions: [inDatabase(() => data.transaction(() => 1, odd({})))],
  "data.ViewOptions": [
    () => data.createDatabase({ url: "sqlite::memory:", models: [data.View("v", { id: f.id() }, odd({ sql: "SELECT 1 AS id" }))] }),
  ],
  "index.ViewOptions": [() => app({ views: odd({ directories: [folder] }) })],
  CompileStringOptions: [() => testing.compileString("x", odd({}))],
  CheckViewsOptions: [() => checks.checkViews(odd({ project: folder, directories: [`${folder}/missing`] }))],
  MemoryFragmentsOptions: [() => new views.MemoryFragments(odd({}) as never)],
  ApiTokenOptions: [() => auth.defineAccounts({ user: User, tokens: odd({ scopes: ["read"] }) })],
  SudoOptions: [() => auth.defineAccounts({ user: User }).guards.sudo(odd({}))],
  HashQueueOptions: [() => auth.createPasswordHasher(odd({}))],
  WindowOptions: [
    inDatabase(() =>
      Author.where()
        .values((row) => ({ n: row.id.max().over(odd({})) }))
        .first(),
    ),
  ],
  FilterFromOptions: [() => Author.filterFrom({}, odd({ allow: ["name"] as const }))],
  ColumnOptions: [
    asField(() => f.boolean(odd({}))),
    asField(() => f.text(odd({}))),
    asField(() => f.int(odd({}))),
    asField(() => f.decimal(odd({ digits: 5, scale: 2 }) as never)),
    asField(() => f.date(odd({}))),
    asField(() => f.datetime(odd({}))),
    asField(() => f.choice({ a: "A" }, odd({}))),
    asField(() => f.json(odd({}) as never)),
    asField(() => f.uuid(odd({}))),
    asField(() => f.bytes(odd({}))),
    asField(() => f.array(f.int(), odd({}))),
  ],
  SchemaOptions: [() => Author.schema(odd({ for: "read" }))],
  TransactionalOptions: [() => data.transactional(odd({}))],
  RenderReportOptions: [() => development.renderErrorReport(report, "text", odd({}))],
  FailureReplyOptions: [() => development.createFailureReplies(odd({ report, generation: "1", hosts: [] }))],
  BooleanOptions: [inForm(() => g.boolean(odd({})))],
  ChoicesOptions: [inForm(() => g.choices({ a: "A" }, odd({})))],
  FilesOptions: [inForm(() => g.files(odd({})))],
  GroupOptions: [inForm(() => g.group({ a: g.text() }, odd({})))],
  PasswordOptions: [inForm(() => g.password(odd({})))],
  RelationOptions: [inForm(() => g.relation(Author, odd({})))],
  RelationsOptions: [inForm(() => g.relations(Author, odd({})))],
  SetOptions: [inForm(() => g.set({ a: g.text() }, odd({})))],
  TimeOptions: [inForm(() => g.time(odd({})))],
  InlineSetOptions: [() => forms.inlineSet(Book, odd({ fields: [] }) as never)],
  "forms.RenderOptions": [() => contact.blank().render(odd({}))],
  UploadTextOptions: [sendFile((form) => form.files.get("photo")!.text(odd({ bytesMax: 10 })))],
  UploadSettings: [() => app({ uploads: odd({ directory: folder }) })],
  SaveUploadOptions: [sendFile((form) => form.files.get("photo")!.saveTo({ put: async () => undefined } as never, odd({})))],
  BodyReadOptions: [
    readBody("gable", "POST", (body) => body.read(odd({}))),
    readBody("gable", "POST", (body) => body.chunks(odd({}))),
    readBody("gable", "GET", (body) => body.read(odd({}))),
    readBody("node", "POST", (body) => body.read(odd({}))),
  ],
  CookieNameOptions: [
    () => inHandler(({ cookies }) => cookies.get("a", odd({}))),
    () => inHandler(({ cookies }) => cookies.has("a", odd({}))),
    () => inHandler(({ cookies }) => cookies.getSigned("a", odd({})), { secretKeys: [key] }),
    () => inHandler(({ cookies }) => cookies.getEncrypted("a", odd({})), { secretKeys: [key] }),
  ],
  MetricsOptions: [() => app({ metrics: odd({ token: key }) })],
  LiveOptions: [() => app({ live: odd({}) })],
  FileFieldOptions: [() => routes({ form: schema, files: { photo: odd({ bytesMax: 1 }) } })],
  RateLimitsOptions: [() => app({ rateLimits: odd({}) })],
  RotateOptions: [() => inHandler(({ session: own }) => own.rotate(odd({})), { session: {}, secretKeys: [key] })],
  CheckSettings: [
    () => core.gable({ checks: odd({ add: [] }) }),
    () => core.gable({ checks: { add: [odd({ id: "a.b", level: "error", run: () => [] })] } }),
  ],
  CommandOptions: [() => core.defineCommand(odd({ name: "a", help: "A.", run: () => undefined }))],
  ArgumentOptions: [() => core.defineCommand({ name: "a", help: "A.", arguments: { b: odd({ help: "B." }) }, run: () => undefined })],
  FlagOptions: [
    () => core.defineCommand({ name: "a", help: "A.", flags: { b: odd({ type: "boolean", help: "B." }) }, run: () => undefined }),
  ],
  ProgressOptions: [() => core.createProgress({ show: () => undefined, isDue: () => false })("a", odd({}), async () => undefined)],
  SubscribeOptions: [
    inChannel((posts, signal) => posts.subscribe({}, odd({ signal }))),
    inChannel((posts, signal) => posts.entries({}, odd({ signal }))),
    inChannel((posts) => posts.pipe({}, { signal: AbortSignal.abort(), send: () => undefined } as never, odd({}))),
  ],
  MigrationOptions: [() => migrations.migration(odd({ after: [], schema: "", ops: [] }) as never)],
  StopOptions: [
    () => afterListening(server.serve(app({}).listener as never, { port: 0 }), (running) => running.stop(odd({}))),
    () => afterListening(app({}).listen({ port: 0 }), (running) => running.stop(odd({}))),
  ],
  HttpsOptions: [
    () => afterListening(server.serve(app({}).listener as never, { port: 0, https: odd({ key: "", cert: "" }) }), () => undefined),
  ],
  PutOptions: [inStorage((storage) => storage.put("a", "", odd({ type: "text/plain" })))],
  ReadOptions: [inStorage(async (storage) => (await storage.read("a", odd({}))).close())],
  UrlOptions: [inStorage((storage) => storage.url("a", odd({})))],
  ScheduleOptions: [() => tasks.schedule("a", "@daily", jobs, odd({}))],
  WorkerOptions: [inTasks((own) => own.startWorker(odd({}))), inTasks((own) => own.runAll(odd({})))],
  TestPartOptions: [() => testing.testPart(unnamed as never, odd({}))],
  RunTasksOptions: [() => testing.tasks.runAll(odd({}))],
  TestDatabaseOptions: [() => testing.testDatabase(database, odd({}))],
  SessionStoreTestOptions: [() => testing.testSessionStore(unnamed as never, () => session.memorySessions(), odd({}))],
  CachedOptions: [() => views.cached("a", odd({}), () => views.html``)],
  "Cache.increment()": [() => store.increment("a", odd({ ttlSeconds: 1 }))],
  "Cache.invalidate()": [() => store.invalidate(odd({ tags: [] }))],
  "MemoryFragments.invalidate()": [() => new views.MemoryFragments().invalidate(odd({ tags: [] }))],
  "ModelStatic.validate()": [() => Author.validate({}, odd({}))],
  "ModelStatic.upsert()": [inDatabase(() => Author.upsert(odd({ where: { id: 1 }, update: {} }) as never))],
  "Query.stream()": [inDatabase(() => Author.where().stream(odd({})).next())],
  "Query.previewDelete()": [inDatabase(() => Author.where({ id: 1 }).previewDelete(odd({})))],
  "Query.explain()": [inDatabase(() => Author.where().explain(odd({})))],
  "Form.blank()": [() => contact.blank({}, odd({}))],
  "ModelForm.from()": [inDatabase(() => forms.modelForm(Author, { fields: ["name"] }).from({ id: 1, name: "a" } as never, odd({})))],
  "CheckedForm.addError()": [async () => (await contact.parse({ name: "a" })).addError(null, "x", odd({}))],
  "SchemaFormState.addError()": [sendFile((form) => form.addError(null, "x", odd({})))],
  "Context.redirectBack()": [() => inHandler(({ redirectBack }) => redirectBack(odd({ fallback: "/" })))],
  "op.addColumn()": [() => migrations.op.addColumn("a", "b", { type: "int" } as never, odd({}))],
  "op.dropColumn()": [() => migrations.op.dropColumn("a", "b", odd({}))],
  "op.alterColumn()": [() => migrations.op.alterColumn("a", "b", { type: "int" } as never, odd({ from: { type: "bigint" } }) as never)],
  "op.sql()": [() => migrations.op.sql({ others: "x" }, odd({}))],
  "SessionDirectory.deleteForUser()": [
    () =>
      withApp({ session: { store: "memory" }, secretKeys: [key] }, (own) =>
        own.part(session.sessionPart).directory.deleteForUser("1", odd({})),
      ),
  ],
};

/** The same for objects whose names do not end in Options: they belong to the options of another call. */
export const innerCalls: Readonly<Record<string, () => unknown>> = {
  Rate: () => inHandler(({ rateLimits }) => rateLimits.take("key", odd({ requestsMax: 1, windowSeconds: 1 }))),
  TaskFilter: inTasks((own) => own.list(odd({}))),
  FormDefaults: () => forms.createForms(odd({})),
  RouteSecurity: () => routes({ security: odd({}) }),
  SocketHandlers: () => live.socket("/a", {}, odd({})),
  MailAttachment: () =>
    inHandler(
      () =>
        mail.sendMail({
          to: "a@example.com",
          from: "b@example.com",
          subject: "x",
          text: "y",
          attachments: [odd({ fileName: "a.txt", content: "a" })],
        }),
      { mail: "memory:" },
    ),
};
