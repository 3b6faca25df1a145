/** Models that are written from a database: they make the same one again, and read and write its rows. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createDatabase } from "../../src/data.ts";
import type { Database } from "../../src/data/database.ts";
import { describeModels } from "../../src/data/sql/model-state.ts";
import type { SchemaDifference } from "../../src/data/migrations/run/live-schema.ts";
import { compareSchemas, readLiveSchema } from "../../src/data/migrations/run/live-schema.ts";
import { readExpectedSchema } from "../../src/data/migrations/run/scratch.ts";
import { Session } from "../../src/data/migrations/run/session.ts";
import { TableWriter } from "../../src/data/sql/table-writer.ts";
import type { ModelClass } from "../../src/data/schema/model-class.ts";
import type { State, TableState } from "../../src/data/schema/table-state.ts";
import { pullModels } from "../../src/migrations.ts";
import { databaseKinds } from "./databases.ts";
import { changeState, Random } from "./random-states.ts";

const structures = Number(process.env["GABLE_TEST_CHAINS"] ?? 6);
const firstSeed = Number(process.env["GABLE_TEST_SEED"] ?? 1);
/** Next to the sources, so that the written modules can import them. */
const root = fileURLToPath(new URL("../../.test-pull/", import.meta.url));
await mkdir(root, { recursive: true });
const folder = await mkdtemp(join(root, "run-"));
after(() => rm(folder, { recursive: true }));

let modules = 0;

/** The models of a written module. */
async function importModels(source: string): Promise<Record<string, ModelClass>> {
  const path = join(folder, `models-${++modules}.ts`);
  const data = pathToFileURL(fileURLToPath(new URL("../../src/data.ts", import.meta.url))).href;
  await writeFile(path, source.replace('"gable/data"', JSON.stringify(data)));
  return (await import(pathToFileURL(path).href)) as Record<string, ModelClass>;
}

async function make(database: Database, statements: readonly string[]): Promise<void> {
  await Session.use(database.$core, async (session) => {
    for (const sql of statements) await session.run(sql);
  });
}

/** What differs between a database and what models would make. */
async function compare(database: Database, state: State): Promise<SchemaDifference[]> {
  return Session.use(database.$core, async (session) => {
    const expected = await readExpectedSchema(session, new TableWriter(session.dialect), state);
    return compareSchemas(expected, await readLiveSchema(session), state.keys());
  });
}

/** PostgreSQL stores a choice that the database does not check as text without a length, which models do not have. */
const isTold = ({ found }: SchemaDifference): boolean => found?.startsWith("character varying") !== true;

for (const kind of databaseKinds) {
  describe(`models from ${kind.name}`, { skip: kind.skip }, () => {
    for (let seed = firstSeed; seed < firstSeed + structures; seed++) {
      it(`reproduce structure ${seed}`, async () => {
        const random = new Random(seed);
        let state: State = new Map();
        for (let step = 0; step < 6; step++) state = changeState(state, random);
        const place = await kind.place();
        const database = await createDatabase({ url: place.url, models: [] });
        try {
          await make(database, new TableWriter(database.$core.dialect).createAll(state));
          const { source, differences } = await pullModels({ database });
          assert.deepEqual((differences ?? []).filter(isTold), []);
          const models = Object.values(await importModels(source));
          const pulled = describeModels(models);
          // What tells the rows of a view apart, a database knows of one that it keeps alone.
          const hasKey = ({ primary, view }: TableState): boolean =>
            view === undefined || primary[0] === "id" || (view.materialized === true && kind.name === "PostgreSQL");
          const known = [...state].flatMap(([name, table]) => (hasKey(table) ? [name] : []));
          assert.deepEqual([...pulled.keys()].sort(), known.sort());
          assert.deepEqual((await compare(database, pulled)).filter(isTold), [], source);
        } finally {
          await database.close();
          await place.remove();
        }
      });
    }
  });
}

/** Tables as other tools make them. */
const foreign = {
  PostgreSQL: [
    "CREATE TYPE mood AS ENUM ('sad', 'ok')",
    `CREATE TABLE auth_user (id serial PRIMARY KEY, username varchar(150) NOT NULL UNIQUE, "isStaff" boolean NOT NULL DEFAULT false, date_joined timestamp with time zone NOT NULL DEFAULT now(), last_login timestamp, mood mood, tags text[], bio text NOT NULL DEFAULT '')`,
    "COMMENT ON TABLE auth_user IS 'People''s accounts'",
    "COMMENT ON COLUMN auth_user.bio IS 'A few lines'",
    "CREATE TABLE auth_group (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(150) NOT NULL)",
    "CREATE TABLE auth_user_groups (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, user_id integer NOT NULL REFERENCES auth_user (id) DEFERRABLE INITIALLY DEFERRED, group_id integer NOT NULL REFERENCES auth_group (id), CONSTRAINT user_group_uniq UNIQUE (user_id, group_id))",
    "CREATE TABLE blog_post (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), slug varchar(50) NOT NULL, title text NOT NULL, price numeric(8,2) CHECK (price > 0), status smallint NOT NULL DEFAULT 1, author_id integer REFERENCES auth_user ON DELETE SET NULL, editor_id integer NOT NULL REFERENCES auth_user ON DELETE CASCADE, meta jsonb, " +
      "title_length integer GENERATED ALWAYS AS (length(title)) STORED, class text, CONSTRAINT \"odd name\" CHECK (length(title) > 1 AND title <> '`${x}`'))",
    "CREATE UNIQUE INDEX blog_post_slug_live ON blog_post (slug) WHERE status = 1",
    "CREATE INDEX blog_post_title_lower ON blog_post (lower(title))",
    "CREATE INDEX blog_meta ON blog_post USING gin (meta)",
    "CREATE INDEX blog_post_author ON blog_post (author_id DESC, title) INCLUDE (price)",
    "CREATE TABLE log (line text)",
    "CREATE TABLE order_items (order_id bigint, line int, name varchar(20) NOT NULL, PRIMARY KEY (order_id, line))",
    "CREATE TABLE item_notes (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL, line int NOT NULL, note text, FOREIGN KEY (order_id, line) REFERENCES order_items ON UPDATE CASCADE)",
    "CREATE VIEW post_titles (id, \"Title\", words) AS SELECT id, title, string_to_array(title, ' ') FROM blog_post WHERE title <> '`${x}`'",
    "CREATE VIEW post_count AS SELECT count(*) AS posts FROM blog_post",
    "CREATE MATERIALIZED VIEW post_states AS SELECT status, count(*) AS posts FROM blog_post GROUP BY status",
    "CREATE UNIQUE INDEX post_states_status ON post_states (status)",
    "CREATE TABLE profiles (user_id integer PRIMARY KEY REFERENCES auth_user ON DELETE CASCADE, site varchar(200))",
    "CREATE UNIQUE INDEX profiles_site ON profiles (site) NULLS NOT DISTINCT WHERE user_id > 7",
  ],
  MariaDB: [
    "CREATE TABLE users (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, email varchar(255) NOT NULL UNIQUE, role enum('admin','it''s') NOT NULL DEFAULT 'admin', active tinyint(1) NOT NULL DEFAULT 1, created_at timestamp NULL, data json, bio mediumtext COMMENT 'About', score decimal(5,2) unsigned, place point, FULLTEXT KEY (bio)) COMMENT='People'",
    "CREATE TABLE posts (id bigint AUTO_INCREMENT PRIMARY KEY, user_id int unsigned NOT NULL, title varchar(100) NOT NULL DEFAULT 'x', at datetime(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3), size smallint, KEY title_idx (title(10)), KEY size_idx (size DESC), CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT big CHECK (size > 1))",
    "CREATE VIEW both_of_them AS SELECT users.id FROM users",
  ],
  MySQL: [
    "CREATE TABLE users (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, email varchar(255) NOT NULL UNIQUE, role enum('admin','it''s') NOT NULL DEFAULT 'admin', active tinyint(1) NOT NULL DEFAULT 1, created_at timestamp NULL, data json DEFAULT (json_array('a''b', 1)), bio mediumtext COMMENT 'About', code char(36) CHARACTER SET ascii COLLATE ascii_bin, score decimal(5,2) unsigned, place point, FULLTEXT KEY (bio), KEY lower_email ((lower(email)))) COMMENT='People'",
    "CREATE TABLE posts (id bigint AUTO_INCREMENT PRIMARY KEY, user_id int unsigned NOT NULL, title varchar(100) NOT NULL DEFAULT 'it''s', at datetime(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3), size smallint DEFAULT 7, KEY title_idx (title(10)), KEY size_idx (size DESC), CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT big CHECK ((size > 1) or (title <> 'it''s _utf8mb4''(')))",
    "CREATE VIEW both_of_them AS SELECT users.id FROM users",
  ],
  SQLite: [
    "create table people (id integer primary key, Name varchar(80) not null collate nocase, born date, is_admin boolean default 0 check (is_admin in (0,1)), balance decimal(10,2), created datetime default current_timestamp, size smallint, unique (Name))",
    "create table [pets] (\"id\" INTEGER PRIMARY KEY AUTOINCREMENT, owner_id integer references people, kind text check(kind in ('cat','dog')), weight real check (weight>0), notes json check (json_valid(notes)), half text as (substr(kind, 1, 2)), constraint short check (length(kind) <= 10 or kind is null), foreign key (owner_id) references people(id) on delete cascade)",
    "create unique index pets_owner on pets (owner_id) where kind = 'cat'",
    "create index pets_lower on pets (lower(kind))",
    "create index pets_weight on pets (weight desc)",
    "create view [grown_ups] as select id, Name, upper(Name) as loud from people where size > 1",
    "create view if not exists grown_pets(id, kind) as select id, kind from pets /* all */",
    "create virtual table search using fts5 (body)",
  ],
};

const sources = {
  PostgreSQL: `import { belongsTo, field as f, hasMany, hasOne, manyToMany, Model, sql, View } from "gable/data";

// The table "log" has no primary key: no model can be made of it.

// No column of the view "post_count" is known to tell its rows apart: SELECT count(*) AS posts    FROM blog_post

export class AuthGroup extends Model("auth_group", {
  id: f.id(), // the type is integer, and the database counts it
  name: f.text({ max: 150 }),
  authUserGroups: () => hasMany(AuthUserGroup),
  authUsers: () => manyToMany(AuthUser, { through: () => AuthUserGroup }),
}) {}

export class AuthUser extends Model("auth_user", {
  id: f.id(), // the type is integer, and nextval('auth_user_id_seq'::regclass) counts it
  username: f.text({ max: 150 }),
  isStaff: f.boolean({ default: sql\`false\`, column: "isStaff" }),
  dateJoined: f.datetime({ precision: 6, default: sql\`now()\` }), // the type is timestamp with time zone
  lastLogin: f.datetime({ precision: 6, null: true }), // the type is timestamp without time zone, read as UTC
  tags: f.array(f.text(), { null: true }),
  bio: f.text({ blank: true, default: sql\`''::text\`, comment: "A few lines" }),
  authUserGroups: () => hasMany(AuthUserGroup),
  blogPostsByAuthor: () => hasMany(BlogPost, { by: "author" }),
  blogPostsByEditor: () => hasMany(BlogPost, { by: "editor" }),
  profile: () => hasOne(Profile),
  authGroups: () => manyToMany(AuthGroup, { through: () => AuthUserGroup }),
  // "mood" is left out: the type is the enum mood; change the column to text to use f.choice()
}, {
  uniques: [
    { on: ["username"], name: "auth_user_username_key" },
  ],
  comment: "People's accounts",
}) {}

// auth_user_groups_user_id_fkey: FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED
export class AuthUserGroup extends Model("auth_user_groups", {
  id: f.id(),
  user: () => belongsTo(AuthUser, { onDelete: "no action", index: false }),
  group: () => belongsTo(AuthGroup, { onDelete: "no action", index: false }),
}, {
  uniques: [
    { on: ["user", "group"], name: "user_group_uniq" },
  ],
}) {}

export class BlogPost extends Model("blog_post", {
  id: f.uuid({ primary: true, default: sql\`gen_random_uuid()\` }),
  slug: f.text({ max: 50 }),
  title: f.text(),
  price: f.decimal({ digits: 8, scale: 2, null: true }),
  status: f.int({ default: sql\`1\` }), // the type is smallint
  author: () => belongsTo(AuthUser, { null: true, onDelete: "set null", index: false }),
  editor: () => belongsTo(AuthUser, { onDelete: "cascade", index: false }),
  meta: f.json<unknown>({ null: true }),
  class: f.text({ null: true }),
  // "title_length" is left out: the database computes it: length(title)
}, {
  uniques: [
    { on: ["slug"], name: "blog_post_slug_live", where: () => sql\`(status = 1)\` },
  ],
  indexes: [
    { on: ["meta"], name: "blog_meta", using: "gin" },
    { on: ["author", "title"], name: "blog_post_author", desc: ["author"], include: ["price"] },
    { on: () => sql\`lower(title)\`, name: "blog_post_title_lower" },
  ],
  checks: {
    price: () => sql\`(price > (0)::numeric)\`,
    "odd name": () => sql\`((length(title) > 1) AND (title <> '\\\`\\\${x}\\\`'::text))\`,
  },
}) {}

// item_notes_order_id_line_fkey: FOREIGN KEY (order_id, line) REFERENCES order_items(order_id, line) ON UPDATE CASCADE
export class ItemNote extends Model("item_notes", {
  id: f.id(),
  orderId: f.bigint(),
  line: f.int(),
  note: f.text({ null: true }),
  orderItem: () => belongsTo(OrderItem, { columns: ["orderId", "line"], onDelete: "no action" }),
}) {}

export class OrderItem extends Model("order_items", {
  orderId: f.bigint(),
  line: f.int(),
  name: f.text({ max: 20 }),
  itemNotes: () => hasMany(ItemNote),
}, {
  primary: ["orderId", "line"],
}) {}

export class PostState extends View("post_states", {
  status: f.int({ primary: true }), // the type is smallint
  posts: f.bigint({ null: true }),
}, {
  materialized: true,
  sql: \`SELECT blog_post.status,
    count(*) AS posts
   FROM blog_post
  GROUP BY blog_post.status\`,
}) {}

export class PostTitle extends View("post_titles", {
  id: f.id({ kind: "uuid" }),
  title: f.text({ null: true, column: "Title" }),
  words: f.array(f.text(), { null: true }),
}, {
  sql: \`SELECT blog_post.id,
    blog_post.title AS "Title",
    string_to_array(blog_post.title, ' '::text) AS words
   FROM blog_post
  WHERE (blog_post.title <> '\\\`\\\${x}\\\`'::text)\`,
}) {}

export class Profile extends Model("profiles", {
  user: () => belongsTo(AuthUser, { onDelete: "cascade", index: false }),
  site: f.text({ max: 200, null: true }),
}, {
  primary: ["user"],
  uniques: [
    { on: ["site"], name: "profiles_site", where: () => sql\`(user_id > 7)\`, nullsDistinct: false },
  ],
}) {}
`,
  MariaDB: `import { belongsTo, field as f, hasMany, Model, sql, View } from "gable/data";

export class BothOfThem extends View("both_of_them", {
  id: f.bigint({ primary: true }), // the type is int(10) unsigned
}, {
  sql: \`select \\\`users\\\`.\\\`id\\\` AS \\\`id\\\` from \\\`users\\\`\`,
}) {}

// posts_user: on update cascade
// title_idx: an index of title (BTREE)
export class Post extends Model("posts", {
  id: f.id(),
  user: () => belongsTo(User, { onDelete: "cascade", index: false }), // the type is int(10) unsigned
  title: f.text({ max: 100, default: sql\`'x'\` }),
  at: f.datetime({ default: sql\`current_timestamp(3)\` }), // the database sets it: on update current_timestamp(3)
  size: f.int({ null: true }), // the type is smallint(6)
}, {
  indexes: [
    { on: ["size"], name: "size_idx", desc: ["size"] },
  ],
  checks: {
    big: () => sql\`\\\`size\\\` > 1\`,
  },
}) {}

// bio: an index of bio (FULLTEXT)
export class User extends Model("users", {
  id: f.id(), // the type is int(10) unsigned
  email: f.text({ max: 255 }),
  role: f.choice({ admin: "Admin", "it's": "It's" }, { check: false, default: sql\`'admin'\` }), // the type is enum('admin','it''s')
  active: f.boolean({ default: sql\`1\` }),
  createdAt: f.datetime({ precision: 0, null: true }), // the type is timestamp
  data: f.json<unknown>({ null: true }), // the type is json, checked by data
  bio: f.text({ null: true, comment: "About" }), // the type is mediumtext
  score: f.decimal({ digits: 5, scale: 2, null: true }), // the type is decimal(5,2) unsigned
  posts: () => hasMany(Post),
  // "place" is left out: the type is point
}, {
  uniques: [
    { on: ["email"], name: "email" },
  ],
  comment: "People",
}) {}
`,
  MySQL: `import { belongsTo, field as f, hasMany, Model, sql, View } from "gable/data";

export class BothOfThem extends View("both_of_them", {
  id: f.bigint({ primary: true }), // the type is int unsigned
}, {
  sql: \`select \\\`users\\\`.\\\`id\\\` AS \\\`id\\\` from \\\`users\\\`\`,
}) {}

// posts_user: on update cascade
// title_idx: an index of title (BTREE)
export class Post extends Model("posts", {
  id: f.id(),
  user: () => belongsTo(User, { onDelete: "cascade", index: false }), // the type is int unsigned
  title: f.text({ max: 100, default: sql\`'it''s'\` }),
  at: f.datetime({ default: sql\`CURRENT_TIMESTAMP(3)\` }), // the database sets it: on update CURRENT_TIMESTAMP(3)
  size: f.int({ null: true, default: sql\`7\` }), // the type is smallint
}, {
  indexes: [
    { on: ["size"], name: "size_idx", desc: ["size"] },
  ],
  checks: {
    big: () => sql\`(\\\`size\\\` > 1) or (\\\`title\\\` <> 'it\\\\'s _utf8mb4\\\\'(')\`,
  },
}) {}

// bio: an index of bio (FULLTEXT)
// lower_email: an index of an expression (BTREE)
export class User extends Model("users", {
  id: f.id(), // the type is int unsigned
  email: f.text({ max: 255 }),
  role: f.choice({ admin: "Admin", "it's": "It's" }, { check: false, default: sql\`'admin'\` }), // the type is enum('admin','it''s')
  active: f.boolean({ default: sql\`1\` }),
  createdAt: f.datetime({ precision: 0, null: true }), // the type is timestamp
  data: f.json<unknown>({ null: true, default: sql\`json_array('a\\\\'b',1)\` }),
  bio: f.text({ null: true, comment: "About" }), // the type is mediumtext
  code: f.uuid({ null: true }),
  score: f.decimal({ digits: 5, scale: 2, null: true }), // the type is decimal(5,2) unsigned
  posts: () => hasMany(Post),
  // "place" is left out: the type is point
}, {
  uniques: [
    { on: ["email"], name: "email" },
  ],
  comment: "People",
}) {}
`,
  SQLite: `import { belongsTo, field as f, hasMany, Model, sql, View } from "gable/data";

export class GrownPet extends View("grown_pets", {
  id: f.int({ primary: true }),
  kind: f.text({ null: true }),
}, {
  sql: \`WITH gable_view (id, kind) AS (select id, kind from pets /* all */
) SELECT * FROM gable_view\`,
}) {}

export class GrownUp extends View("grown_ups", {
  id: f.int({ primary: true }),
  name: f.text({ max: 80, null: true, column: "Name" }), // the type is varchar(80)
  // "loud" is left out: the type is none
}, {
  sql: \`select id, Name, upper(Name) as loud from people where size > 1\`,
}) {}

export class People extends Model("people", {
  id: f.id(), // keys of deleted rows are used again
  name: f.text({ max: 80, unique: true, column: "Name" }), // the type is varchar(80)
  born: f.date({ null: true }), // the type is date
  isAdmin: f.boolean({ null: true, default: sql\`0\` }), // the type is boolean, checked by a condition
  balance: f.decimal({ digits: 10, scale: 2, null: true }), // the type is decimal(10,2)
  created: f.text({ null: true, default: sql\`current_timestamp\` }), // the type is datetime
  size: f.int({ null: true }), // the type is smallint
  pets: () => hasMany(Pet),
}) {}

// another foreign key of owner_id, to people
export class Pet extends Model("pets", {
  id: f.id(),
  owner: () => belongsTo(People, { null: true, onDelete: "cascade", index: false }),
  kind: f.text({ null: true }),
  weight: f.float({ null: true }),
  notes: f.json<unknown>({ null: true }), // the type is json, checked by a condition
  // "half" is left out: the database computes it
}, {
  uniques: [
    { on: ["owner"], name: "pets_owner", where: () => sql\`kind = 'cat'\` },
  ],
  indexes: [
    { on: () => sql\`lower(kind)\`, name: "pets_lower" },
    { on: ["weight"], name: "pets_weight", desc: ["weight"] },
  ],
  checks: {
    "1": () => sql\`kind in ('cat', 'dog')\`,
    "2": () => sql\`weight > 0\`,
    short: () => sql\`length(kind) <= 10 or kind is null\`,
  },
}) {}
`,
};

/** A model that the compiler has not seen. */
interface PulledModel {
  create(values: object): Promise<{ readonly id: unknown }>;
  get(key: unknown): Promise<object>;
  where(filter: object): Promise<object[]>;
}

/** What a row has at the end of a path; of a list, the first one. */
async function read(row: unknown, ...path: readonly string[]): Promise<unknown> {
  for (const name of path) {
    const value = await (row as Readonly<Record<string, unknown>>)[name];
    row = Array.isArray(value) && name !== path.at(-1) ? value[0] : value;
  }
  return row;
}

type Models = {
  readonly [
    Name in
      | "AuthUser"
      | "BlogPost"
      | "OrderItem"
      | "ItemNote"
      | "Profile"
      | "PostTitle"
      | "PostState"
      | "User"
      | "Post"
      | "BothOfThem"
      | "People"
      | "Pet"
      | "GrownUp"
  ]: PulledModel;
};

/** What rows of the pulled models look like when they come back. */
const uses = {
  PostgreSQL: async ({ AuthUser, BlogPost, OrderItem, ItemNote, Profile, PostTitle, PostState }: Models): Promise<unknown[]> => {
    const user = await AuthUser.create({ username: "ada", lastLogin: new Date("2026-01-02T03:04:05.678Z") });
    const post = await BlogPost.create({ slug: "a", title: "Title", price: "9.50", editor: user, meta: { a: 1 } });
    const item = await OrderItem.create({ orderId: 7n, line: 2, name: "x" });
    await ItemNote.create({ orderItem: item, note: "n" });
    await Profile.create({ user, site: "s" });
    const again = await BlogPost.get(post.id);
    const [note] = await ItemNote.where({ orderItem: { name: "x" } });
    return [
      await read(again, "editor", "lastLogin"),
      await read(again, "price"),
      await read(again, "status"),
      await read(note, "orderItem", "orderId"),
      await read(again, "editor", "profile", "site"),
      await read(user, "isStaff"),
      await read((await PostTitle.where({}))[0], "words"),
      (await PostState.where({ status: 1 })).length,
    ];
  },
  MariaDB: async ({ User, Post, BothOfThem }: Models): Promise<unknown[]> => {
    const user = await User.create({ email: "a@b", role: "it's", createdAt: new Date("2026-01-02T03:04:05Z"), data: [1], score: "1.50" });
    const post = await Post.get((await Post.create({ user, size: 3 })).id);
    const fields = ["role", "createdAt", "data", "score", "active"].map((name) => read(post, "user", name));
    return [...(await Promise.all(fields)), await read(post, "title"), await read((await BothOfThem.where({}))[0], "id")];
  },
  MySQL: async ({ User, Post, BothOfThem }: Models): Promise<unknown[]> => {
    const user = await User.create({ email: "a@b", role: "it's", createdAt: new Date("2026-01-02T03:04:05Z"), score: "1.50" });
    const post = await Post.get((await Post.create({ user, size: 3 })).id);
    const fields = ["role", "createdAt", "data", "score", "active"].map((name) => read(post, "user", name));
    return [...(await Promise.all(fields)), await read(post, "title"), await read((await BothOfThem.where({}))[0], "id")];
  },
  SQLite: async ({ People, Pet, GrownUp }: Models): Promise<unknown[]> => {
    const ada = await People.create({ name: "Ada", born: "2020-02-29", balance: "12.50", size: 4 });
    await Pet.create({ owner: ada, kind: "cat", weight: 4.5, notes: { a: 1 } });
    const [pet] = await Pet.where({ owner: { name: "Ada" } });
    const fields = ["born", "balance", "isAdmin"].map((name) => read(pet, "owner", name));
    const [grown] = await GrownUp.where({});
    return [...(await Promise.all(fields)), await read(pet, "notes"), (await Pet.where({ kind: "dog" })).length, await read(grown, "name")];
  },
};

const answers = {
  PostgreSQL: [new Date("2026-01-02T03:04:05.678Z"), "9.50", 1, 7n, "s", false, ["Title"], 0],
  MariaDB: ["it's", new Date("2026-01-02T03:04:05.000Z"), [1], "1.50", true, "x", 1n],
  MySQL: ["it's", new Date("2026-01-02T03:04:05.000Z"), ["a'b", 1], "1.50", true, "it's", 1n],
  SQLite: ["2020-02-29", "12.50", false, { a: 1 }, 0, "Ada"],
};

for (const kind of databaseKinds) {
  describe(`models of tables from other tools on ${kind.name}`, { skip: kind.skip }, () => {
    it("are written, can be opened, and read and write rows", async () => {
      const place = await kind.place();
      const database = await createDatabase({ url: place.url, models: [] });
      try {
        await make(database, foreign[kind.name]);
        const { source, differences } = await pullModels({ database });
        assert.equal(source, sources[kind.name]);
        assert.ok(differences !== undefined && differences.length > 0);
        const models = await importModels(source);
        const own = await createDatabase({ url: place.url, models });
        try {
          assert.deepEqual(await uses[kind.name](models as unknown as Models), answers[kind.name]);
        } finally {
          await own.close();
        }
        // Some of them: relations to others are left out.
        const [name] = ["profiles", "posts", "pets"].filter((each) => source.includes(`"${each}"`));
        const some = await pullModels({ database, tables: [name!] });
        assert.doesNotMatch(some.source, /belongsTo\(/);
        assert.match(some.source, /no relation: /);
        await assert.rejects(() => pullModels({ database, tables: [`${name}s`] }), {
          code: "E_TABLE_UNKNOWN",
          message: new RegExp(`${name}s`),
        });
      } finally {
        await database.close();
        await place.remove();
      }
    });
  });
}

/** A type that no field has, by database. */
const unknownTypes = { SQLite: "", PostgreSQL: "interval", MariaDB: "point", MySQL: "point" };

for (const kind of databaseKinds) {
  describe(`models of views over a column without a field on ${kind.name}`, { skip: kind.skip }, () => {
    it("are left out with the reason, and what reads them; others are written", async () => {
      const place = await kind.place();
      const database = await createDatabase({ url: place.url, models: [] });
      try {
        const key = kind.name === "SQLite" ? "id integer PRIMARY KEY" : "id bigint PRIMARY KEY";
        await make(database, [
          `CREATE TABLE places (${key}, label varchar(20), spot ${unknownTypes[kind.name]})`,
          "CREATE VIEW spots AS SELECT id, spot FROM places",
          "CREATE VIEW stars AS SELECT * FROM places",
          "CREATE VIEW ids AS SELECT id FROM spots",
          "CREATE VIEW labels AS SELECT id, label FROM places",
        ]);
        const { source } = await pullModels({ database });
        for (const [view, reason] of [
          ["spots", 'it reads "places.spot", which is left out'],
          ["stars", 'it reads "places.spot", which is left out'],
          ["ids", 'it reads "spots"'],
        ] as const)
          assert.ok(source.includes(`// No model can be made of the view "${view}": ${reason}.`), source);
        assert.match(source, /class Label extends View\("labels"/);
        const models = await importModels(source);
        await (await createDatabase({ url: place.url, models })).close();
      } finally {
        await database.close();
        await place.remove();
      }
    });
  });
}

/** What creates a role that may only read a database, and removes it. Roles belong to the server, so each database has one with its name. */
const readers = {
  PostgreSQL: (name: string) => ({
    create: [
      `CREATE ROLE ${name} LOGIN`,
      `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name}`,
      "REVOKE CREATE ON SCHEMA public FROM public",
      `REVOKE TEMP ON DATABASE ${name} FROM public`,
    ],
    remove: [`DROP OWNED BY ${name}`, `DROP ROLE ${name}`],
  }),
  MariaDB: (name: string) => ({
    create: [`CREATE USER ${name}@'127.0.0.1'`, `GRANT SELECT, SHOW VIEW ON ${name}.* TO ${name}@'127.0.0.1'`],
    remove: [`DROP USER ${name}@'127.0.0.1'`],
  }),
};

for (const kind of databaseKinds) {
  if (kind.name === "SQLite") continue; // It has no roles.
  const reader = readers[kind.name === "PostgreSQL" ? "PostgreSQL" : "MariaDB"];
  describe(`models for a role that may only read, on ${kind.name}`, { skip: kind.skip }, () => {
    it("are written as for any other role, without the differences", async () => {
      const place = await kind.place();
      const url = new URL(place.url);
      const own = await createDatabase({ url: place.url, models: [] });
      const name = url.pathname.slice(1);
      const { create, remove } = reader(name);
      try {
        await make(own, [...foreign[kind.name], ...create]);
        url.username = name;
        url.password = "";
        const database = await createDatabase({ url: url.href, models: [] });
        try {
          const { source, differences } = await pullModels({ database });
          assert.equal(differences, undefined);
          assert.equal(source, (await pullModels({ database: own })).source);
        } finally {
          await database.close();
        }
      } finally {
        await make(own, remove);
        await own.close();
        await place.remove();
      }
    });
  });
}

it("models have plural names, one row for a key, and the rows behind a table that links two others", async () => {
  const kind = databaseKinds.find(({ name }) => name === "SQLite")!;
  const place = await kind.place();
  const database = await createDatabase({ url: place.url, models: [] });
  try {
    await make(database, [
      "CREATE TABLE person (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL)",
      "CREATE TABLE category (id INTEGER PRIMARY KEY AUTOINCREMENT, parent_id INTEGER REFERENCES category)",
      "CREATE TABLE person_category (person_id INTEGER NOT NULL REFERENCES person, category_id INTEGER NOT NULL REFERENCES category, note TEXT, PRIMARY KEY (person_id, category_id))",
      "CREATE TABLE rating (person_id INTEGER NOT NULL REFERENCES person, category_id INTEGER NOT NULL REFERENCES category, stars INTEGER NOT NULL, PRIMARY KEY (person_id, category_id))",
      "CREATE TABLE profile (person_id INTEGER PRIMARY KEY REFERENCES person, bio TEXT)",
      "CREATE TABLE wish (id INTEGER PRIMARY KEY AUTOINCREMENT, giver_id INTEGER NOT NULL REFERENCES person, taker_id INTEGER NOT NULL REFERENCES person)",
    ]);
    const { source } = await pullModels({ database });
    for (const line of [
      "categories: () => hasMany(Category)",
      "profile: () => hasOne(Profile)",
      "ratings: () => hasMany(Rating)",
      'wishesByGiver: () => hasMany(Wish, { by: "giver" })',
      'wishesByTaker: () => hasMany(Wish, { by: "taker" })',
      "persons: () => manyToMany(Person, { through: () => PersonCategory })",
    ])
      assert.ok(source.includes(`  ${line},`), `${line}\n${source}`);
    assert.doesNotMatch(source, /through: \(\) => Rating/);
    const models = await importModels(source);
    const own = await createDatabase({ url: place.url, models });
    try {
      const { Person, Category } = models as unknown as Record<string, { create(values: object): Promise<Record<string, unknown>> }>;
      const ann = await Person!.create({ name: "Ann" });
      const tea = await Category!.create({});
      await (ann["categories"] as { add(row: object): Promise<void> }).add(tea);
      assert.equal((await (tea["persons"] as PromiseLike<unknown[]>)).length, 1);
    } finally {
      await own.close();
    }
  } finally {
    await database.close();
    await place.remove();
  }
});

/** Names and texts that would leave their place in the written file, if they could. */
const hostile = "x\"'); globalThis.isPulled = true; //\n globalThis.isPulled = true; //`${globalThis.isPulled = true}";

for (const kind of databaseKinds) {
  describe(`models of hostile names on ${kind.name}`, { skip: kind.skip }, () => {
    it("only contain names and strings", async () => {
      const place = await kind.place();
      const database = await createDatabase({ url: place.url, models: [] });
      try {
        const mark = ["MariaDB", "MySQL"].includes(kind.name) ? "`" : '"';
        // 63 bytes are kept of a name.
        const names = [hostile.slice(0, 60).trim(), hostile.slice(-60).trim(), `i${hostile.slice(-50)}`, `v${hostile.slice(-50)}`];
        const [name, other, index, view] = names.map((text) => `${mark}${text.replaceAll(mark, mark + mark)}${mark}`);
        const text = `'${hostile.replaceAll("'", "''")}'`;
        const id = kind.name === "SQLite" ? "INTEGER PRIMARY KEY AUTOINCREMENT" : "bigint PRIMARY KEY";
        // MySQL names a check after its table, and may have no room for that; and there it loses line breaks of names.
        const check = kind.name === "MySQL" ? `CONSTRAINT hostile_check CHECK (concat(id) <> ${text})` : `CHECK (${name} <> ${text})`;
        await make(database, [
          `CREATE TABLE ${name} (id ${id}, ${name} varchar(200) NOT NULL DEFAULT ${text}, ${other} integer, ${check})`,
          `CREATE TABLE ${other} (${other} varchar(20))`,
          `CREATE INDEX ${index} ON ${name} (${other})`,
          `CREATE VIEW ${view} AS SELECT id, ${text} AS ${other} FROM ${name}`,
          `CREATE VIEW plain_view AS SELECT ${text} AS id`,
          ...(kind.name === "PostgreSQL" ? [`COMMENT ON TABLE ${name} IS ${text}`, `COMMENT ON COLUMN ${name}.${other} IS ${text}`] : []),
        ]);
        const { source } = await pullModels({ database });
        const models = Object.values(await importModels(source));
        assert.deepEqual(
          models.map(({ $table }) => $table).sort(),
          // What SQLite computes has no type.
          [names[0]!, names[3]!, ...(kind.name === "SQLite" ? [] : ["plain_view"])].sort(),
        );
        assert.equal("isPulled" in globalThis, false);
      } finally {
        await database.close();
        await place.remove();
      }
    });
  });
}

it("models of tables from other tools compile", async () => {
  const data = fileURLToPath(new URL("../../src/data.ts", import.meta.url));
  for (const [name, source] of Object.entries(sources))
    await writeFile(join(folder, `typed-${name}.ts`), source.replace('"gable/data"', JSON.stringify(data)));
  const compiler = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: { noEmit: true, rewriteRelativeImportExtensions: false },
    include: ["typed-*.ts"],
    exclude: [],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
  assert.equal(stdout, "");
  assert.equal(status, 0);
});
