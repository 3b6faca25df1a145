/** The types of policies: rules and handlers get the record of the model. */
import { gable, get } from "gable";
import type { UserOf } from "gable/auth";
import { accountFields, defineAccounts, policy } from "gable/auth";
import { field as f, Model } from "gable/data";

class User extends Model("users", { ...accountFields(), nickname: f.text({ max: 20 }) }) {}
class Post extends Model("posts", { id: f.id(), title: f.text({ max: 50 }) }) {}

const postPolicy = policy(Post, {
  view: ({ user, record }) => record.title === user?.email,
  change: ({ record }) => record.title !== "" || "A reason.",
  // @ts-expect-error The model has no such field.
  delete: ({ record }) => record.name === "",
  scope: (query) => query.where({ title: "a" }),
});
// @ts-expect-error A policy has no rule of this name.
policy(Post, { edit: () => true });
// @ts-expect-error A verdict cannot be a number.
policy(Post, { add: () => 1 });

const accounts = defineAccounts({ user: User, permissions: ["posts.moderate"], policies: [postPolicy] });
const { can, signedIn } = accounts.guards;

get("/:id(int)", { guard: can("view", Post, ({ params }) => ({ id: params["id"] })) }, ({ record, user }) => [
  record.title.toUpperCase(),
  user?.nickname.toUpperCase(),
  // @ts-expect-error A visitor may see a record, too.
  user.nickname,
]);
get("/:id(int)", { guard: [signedIn, can("change", Post, () => ({ id: 1 }))] }, ({ record, user }) => record.title + user.nickname);
get(
  "/",
  { guard: can("add", Post) },
  (context) =>
    // @ts-expect-error A new record does not exist yet.
    context.record,
);
// @ts-expect-error The model has no such field.
can("view", Post, () => ({ name: "a" }));
// @ts-expect-error A policy has no action of this name.
can("edit", Post, () => ({ id: 1 }));
// @ts-expect-error The record must be found.
can("view", Post);

get("/", { guard: signedIn }, async (context) => {
  const [post] = await accounts.scope(context, Post).limit(1);
  return { title: post?.title.toUpperCase(), mayEdit: post !== undefined && (await accounts.can(context, "change", post)) };
});
gable({ accounts });
export const nickname = (user: UserOf<typeof accounts>): string => user.nickname;
