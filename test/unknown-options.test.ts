/**
 * Functions that take an options object refuse an option that they do not know: a table over the public interfaces of options. Not the
 * constructor of GableError: an error about its options would hide the error that it describes.
 */
import assert from "node:assert/strict";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "node:test";
import * as auth from "gable/auth";
import * as cached from "gable/cache";
import * as checks from "gable/check";
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
import { silentLogger } from "./silent-logger.ts";

const { field: f } = data;
class Author extends data.Model("authors", { id: f.id(), name: f.text({ max: 50 }) }) {}
class Other extends data.Model("others", { id: f.id() }) {}
class More extends data.Model("mores", { id: f.id(), odd: () => data.belongsTo(Other) }) {}
class Account extends data.Model("accounts", auth.accountFields()) {}
class Book extends data.Model("books", { id: f.id(), author: () => data.belongsTo(Author) }) {}

const folder = mkdtempSync(join(tmpdir(), "gable-options-"));
after(() => rmSync(folder, { recursive: true }));
let database: Database;
before(async () => {
  database = await data.createDatabase({ url: "sqlite::memory:", models: [Author, Book] });
  await database.createTables();
});
after(() => database.close());

/** Adds an option that nobody has. Types do not see it. */
function odd<Options extends object>(options: Options): Options {
  return { ...options, misspelt: 1 };
}

/** Models are checked when a database or an application gets them. */
function asField(make: () => object): () => Promise<unknown> {
  return () =>
    data.createDatabase({ url: "sqlite::memory:", models: [data.Model("odd", { id: f.id(), odd: make() as never }), Other, More] });
}

const app = (options: core.GableOptions): core.Application => core.gable({ mode: "test", logger: silentLogger, ...options });
const routes = (options: object): core.Application => app({ routes: [core.get("/", options, () => "x")] });
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

const table: Readonly<Record<string, ReadonlyArray<() => unknown>>> = {
  AccountsOptions: [() => auth.defineAccounts(odd({ user: Author as never }))],
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
  CacheOptions: [() => cached.createCache({ store: cached.memoryCache() }).remember("a", odd({ ttlSeconds: 1 }), () => 1)],
  CacheWriteOptions: [() => cached.createCache({ store: cached.memoryCache() }).set("a", 1, odd({ ttlSeconds: 1 }))],
  CreateCacheOptions: [() => cached.createCache(odd({ store: cached.memoryCache() }))],
  MemoryCacheOptions: [() => cached.memoryCache(odd({}))],
  ChannelOptions: [() => live.channel("posts", odd({}) as never)],
  CookieOptions: [() => http.serializeCookie("a", "b", odd({}))],
  ContextCookieOptions: [() => inHandler(({ cookies }) => cookies.set("a", "b", odd({})))],
  CorsOptions: [() => app({ security: { cors: odd({ origins: ["https://example.com"] }) } })],
  SecurityOptions: [() => app({ security: odd({}) })],
  StrictTransportOptions: [() => app({ security: { hsts: odd({}) } })],
  CreateManyOptions: [inDatabase(() => Author.createMany([{ name: "a" }], odd({})))],
  WriteOptions: [inDatabase(() => Author.create({ name: "a" }, odd({})))],
  CsvOptions: [() => views.csv([], odd({}))],
  DatabaseOptions: [() => data.createDatabase(odd({ url: "sqlite::memory:", models: [] }))],
  DatabasesOptions: [() => data.createDatabases(odd({ databases: {} }) as never)],
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
  DownloadOptions: [() => core.download("a", odd({ root: folder }))],
  FileOptions: [() => core.file("a", odd({ root: folder }))],
  ReplyOptions: [() => core.json({}, odd({})), () => core.text("", odd({}))],
  PageOptions: [() => core.page(views.html``, odd({})), inDatabase(() => Author.where().page(odd({ size: 1 }) as never))],
  RedirectOptions: [() => core.redirect("/", odd({}))],
  StreamOptions: [() => core.stream((async function* () {})(), odd({}))],
  ProblemOptions: [() => core.problem(odd({ status: 400, title: "x" }) as never)],
  StatusErrorOptions: [() => core.notFound("x", odd({}))],
  DumpOptions: [() => migrations.dumpData(odd({ database, folder }))],
  LoadOptions: [() => migrations.loadData(odd({ database, folder }))],
  EnqueueOptions: [() => inHandler(() => jobs.enqueue(undefined, odd({})), { tasks: [jobs] })],
  TaskOptions: [() => tasks.task("x", odd({}), () => undefined)],
  TaskSetupOptions: [() => app({ tasks: odd({ tasks: [] }) })],
  EventsOptions: [() => inHandler(({ reply }) => reply.events((async function* () {})(), odd({})))],
  FieldOptions: [asField(() => f.boolean(odd({})))],
  TextOptions: [asField(() => f.text(odd({})))],
  NumberOptions: [asField(() => f.int(odd({})))],
  DecimalOptions: [asField(() => f.decimal(odd({ digits: 5, scale: 2 }) as never))],
  DateOptions: [asField(() => f.date(odd({})))],
  DatetimeOptions: [asField(() => f.datetime(odd({})))],
  ChoiceOptions: [asField(() => f.choice({ a: "A" }, odd({})))],
  JsonOptions: [asField(() => f.json(odd({}) as never))],
  FormOptions: [() => forms.form({}, odd({}) as never)],
  ModelFormOptions: [() => forms.modelForm(Author, odd({}) as never)],
  SharedOptions: [() => core.group("/a", [], odd({}))],
  GableOptions: [() => app(odd({}))],
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
  ListenOptions: [() => app({}).listen(odd({ port: 0 }))],
  MailSettings: [() => app({ mail: odd({}) })],
  MailOptions: [() => inHandler(() => mail.sendMail(odd({ to: "a@example.com", subject: "x", text: "y" })), { mail: "memory:" })],
  MemoryMailOptions: [() => mail.memoryMail(odd({}))],
  SmtpOptions: [() => mail.smtpMail(odd({ host: "localhost" }))],
  MakeOptions: [() => migrations.makeMigration(odd({ models: [Author], folder }))],
  MigrateOptions: [() => migrations.migrate(odd({ database, folder }))],
  RollbackOptions: [() => migrations.rollback(odd({ database, folder }))],
  MigrationsOptions: [() => migrations.readStatus(odd({ database, folder }))],
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
  ProxyOptions: [() => app({ proxies: odd({ trust: [] }) }), () => http.createForwardedReader(odd({ trust: [] }))],
  RateOptions: [() => app({ limits: { rate: odd({ requestsMax: 1, windowSeconds: 1 }) } })],
  RedisOptions: [
    () => session.redisSessions(odd({ url: "redis://127.0.0.1" })),
    () => security.redisRates(odd({ url: "redis://127.0.0.1" })),
    () => cached.redisCache(odd({ url: "redis://127.0.0.1" })),
  ],
  RedisCarrierOptions: [() => live.redisCarrier(odd({ url: "redis://127.0.0.1" }))],
  ServeOptions: [() => server.serve(app({}).listener as never, odd({ port: 0 }))],
  SessionOptions: [() => app({ session: odd({}), secretKeys: [key] })],
  SignerOptions: [() => core.createSigner("x", odd({ secretKeys: [key] }))],
  SitemapOptions: [() => views.sitemap({}, odd({}))],
  SlugifyOptions: [() => data.slugify("a", odd({}))],
  SocketOptions: [() => live.socket("/a", odd({}), {})],
  StaticOptions: [() => app({ static: odd({ directory: folder }) })],
  SuperviseOptions: [() => server.supervise(odd({ app: "app.ts" }))],
  TestClientOptions: [() => testing.createTestClient(app({}), odd({}))],
  TransactionOptions: [inDatabase(() => data.transaction(() => 1, odd({})))],
  ViewOptions: [() => app({ views: odd({ directories: [folder] }) })],
  CompileStringOptions: [() => testing.compileString("x", odd({}))],
  CheckViewsOptions: [() => checks.checkViews(odd({ directories: [folder] }))],
  MemoryFragmentsOptions: [() => new views.MemoryFragments(odd({}) as never)],
};

describe("an option that does not exist", () => {
  for (const [name, calls] of Object.entries(table))
    for (const [index, call] of calls.entries())
      it(`is refused in ${name}${calls.length === 1 ? "" : `, place ${index + 1}`}`, async () => {
        await assert.rejects(
          async () => call(),
          (error: Error) => {
            assert.ok(core.isGableError(error), String(error));
            assert.match(error.message, /misspelt/);
            return true;
          },
        );
      });

  it("is looked for in options that exist", () => {
    const declared = new Set<string>();
    const root = fileURLToPath(new URL("../api/", import.meta.url));
    for (const file of globSync("*.d.ts", { cwd: root }))
      for (const [, name] of readFileSync(join(root, file), "utf8").matchAll(/^(?:export )?interface (\w+(?:Options|Settings))\b/gm))
        declared.add(name!);
    assert.deepEqual(
      Object.keys(table).filter((name) => !declared.has(name)),
      [],
    );
  });
});
