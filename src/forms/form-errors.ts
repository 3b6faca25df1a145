/** Errors of a form: which field, which rule, and a sentence with a way out. */
import type { FormError } from "../handlers/form.ts";
import type { FieldDefinition, FormContext, MessageParams } from "./definition.ts";
import type { MessageLayers } from "./messages.ts";
import { formatMessage } from "./messages.ts";

/** What an error is about. */
export interface ErrorRequest {
  readonly field: string | null;
  readonly code: string;
  readonly params?: MessageParams | undefined;
  /** The message. By default that of the code. */
  readonly message?: string | undefined;
  /** The field's definition, whose own messages come first. */
  readonly definition?: FieldDefinition | undefined;
}

const noParams: MessageParams = Object.freeze({});

/** Collects the errors of one form. */
export class FormErrors {
  readonly #list: FormError[] = [];
  readonly #fields = new Set<string>();
  readonly layers: MessageLayers;
  readonly context: FormContext;

  constructor(layers: MessageLayers, context: FormContext) {
    this.layers = layers;
    this.context = context;
  }

  /** Adds an error. */
  add({ field, code, params = noParams, message, definition }: ErrorRequest): void {
    // A group has the errors of its fields.
    for (let path = field ?? ""; path !== ""; path = path.slice(0, Math.max(0, path.lastIndexOf(".")))) this.#fields.add(path);
    this.#list.push(Object.freeze({ field, code, params, message: message ?? formatMessage(code, params, definition, this) }));
  }

  /** Whether a field, or a field inside it, has an error. */
  has(field: string): boolean {
    return this.#fields.has(field);
  }

  /** Whether there is an error. */
  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  /** All errors, in the order in which they were found. */
  get list(): readonly FormError[] {
    return this.#list;
  }
}
