/** The checks that follow the rules of the types: those of fields, of several fields together, and of the whole form. */
import type { Eventual } from "../data/schema/eventual.ts";
import { after } from "../data/schema/eventual.ts";
import { GableError } from "../errors/gable-error.ts";
import { describeValue } from "../errors/option-errors.ts";
import { suggestName } from "../errors/nearest-name.ts";
import type { FieldCheck, FieldDefinitions } from "./definition.ts";
import type { FormErrors } from "./form-errors.ts";
import type { FormReading, PendingCheck } from "./reading/read-form.ts";

/** What a check of several fields says: nothing, one sentence, or sentences by field. */
export type FormMessages = string | Readonly<Record<string, string | undefined>> | undefined;

/** A check of several fields, as it is kept. */
export interface KeptRule {
  readonly on: readonly string[];
  readonly check: (values: Readonly<Record<string, unknown>>) => FormMessages | Promise<FormMessages>;
}

/** The checks of a form, as they are kept. */
export interface KeptChecks {
  readonly fields: FieldDefinitions;
  readonly rules: readonly KeptRule[];
  readonly validate: KeptRule["check"] | undefined;
}

/** Runs the checks of single fields, all together. */
export function runFieldChecks({ checks, timeZone }: FormReading, errors: FormErrors): Eventual<void> {
  return runTogether(
    checks.flatMap((pending) => {
      const { validate } = pending.field.options;
      // One check, or a list of them: isArray does not narrow read-only lists.
      const list = (Array.isArray(validate) ? validate : [validate]) as ReadonlyArray<FieldCheck<never>>;
      return list.map((check) => ({ pending, check }));
    }),
    // The value has the type of its field.
    ({ pending, check }) => check(pending.value as never, { name: pending.path, timeZone }),
    ({ pending }, message) => noteFieldMessage(pending, message, errors),
  );
}

/** Of several checks of one field, the first message counts. */
function noteFieldMessage({ field, path }: PendingCheck, answer: unknown, errors: FormErrors): void {
  const message = readMessage(answer, path);
  if (message !== undefined && !errors.has(path)) errors.add({ field: path, code: "custom", message, definition: field });
}

/** Null stands for no message, too, as in other libraries. Throws `E_OPTION_INVALID` for what is neither: a visitor would read "false". */
function readMessage(answer: unknown, name: string): string | undefined {
  if (answer === undefined || answer === null) return undefined;
  if (typeof answer === "string" && answer !== "") return answer;
  throw new GableError(
    "E_OPTION_INVALID",
    `A check of "${name}" returned ${describeValue(answer)}; it must return a message, or undefined.`,
    {
      fix: 'Return what the visitor reads, such as "Choose another name.", or undefined if the value is right.',
    },
  );
}

/** Runs the rules whose fields are right, then the check of the form when everything is. */
export function runFormChecks(
  { fields, rules, validate }: KeptChecks,
  values: Readonly<Record<string, unknown>>,
  errors: FormErrors,
): Eventual<void> {
  const ready = rules.filter(({ on }) => !on.some((name) => errors.has(name)));
  return after(
    runTogether(
      ready,
      ({ check }) => check(values),
      ({ on }, messages) => noteMessages(messages, on.at(-1) ?? null, { fields, errors }),
    ),
    () => {
      if (validate === undefined || !errors.isEmpty) return;
      return after(validate(values), (messages) => noteMessages(messages, null, { fields, errors }));
    },
  );
}

/** Runs checks at the same time, and records their errors in order. Synchronous unless one of them waits. */
function runTogether<Item, Answer>(
  items: readonly Item[],
  run: (item: Item) => Answer | Promise<Answer>,
  note: (item: Item, answer: Answer) => void,
): Eventual<void> {
  if (items.length === 0) return;
  const answers = items.map(run);
  const take = (all: readonly Answer[]): void => items.forEach((item, index) => note(item, all[index]!));
  // Without a promise among them they are answers.
  return answers.some((answer) => answer instanceof Promise) ? Promise.all(answers).then(take) : take(answers as readonly Answer[]);
}

function noteMessages(
  messages: FormMessages,
  single: string | null,
  { fields, errors }: { readonly fields: FieldDefinitions; readonly errors: FormErrors },
): void {
  if (messages === undefined || messages === null) return;
  if (typeof messages !== "object") {
    const message = readMessage(messages, single ?? "the form");
    return message === undefined ? undefined : errors.add({ field: single, code: "custom", message });
  }
  for (const [name, answer] of Object.entries(messages)) {
    const message = readMessage(answer, name);
    if (message === undefined) continue;
    assertName(fields, name);
    if (!errors.has(name)) errors.add({ field: name, code: "custom", message });
  }
}

/** Throws `E_FIELD_UNKNOWN` when a form has no such field. The parts of `lines.0.product` after the first one are left to their field. */
export function assertName(fields: FieldDefinitions, name: string): void {
  if (fields.has(name.split(".")[0]!)) return;
  throw new GableError("E_FIELD_UNKNOWN", `The form has no field "${name}".`, { fix: suggestName(name, fields.keys()) });
}
