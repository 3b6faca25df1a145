/** Plain records of fields as forms: `form: { title: f.text() }`. The forms are loaded by the first route that reads one. */
import type { FieldsOption, FormOption } from "../handlers/form.ts";
import { isFieldRecord } from "../handlers/form.ts";
import type { RouteOptions } from "../handlers/handler.ts";
import type { FileHolder } from "../input/file-fields.ts";
import { findFileLimit, formBodyBytesMax } from "../input/file-fields.ts";
import type { FormReader, ReadableForm } from "../input/form-reader.ts";
import { formReader } from "../input/form-reader.ts";

/** Returns the options of a route with a form in the place of a plain record of fields. */
export function withRecordForm(options: RouteOptions): RouteOptions {
  const { form } = options;
  return form !== undefined && isFieldRecord(form) ? { ...options, form: createRecordForm(form) } : options;
}

function createRecordForm(record: FieldsOption): FormOption & ReadableForm {
  const fields = new Map(Object.entries(record).map(([name, field]) => [name, toFileHolder(field)] as const));
  let loading: Promise<FormReader> | undefined;
  const load = async (): Promise<FormReader> => (await import("../forms/form.ts")).form(record)[formReader];
  const reader: FormReader = {
    method: "post",
    bodyBytesMax: formBodyBytesMax(fields),
    fileLimitOf: (name) => findFileLimit(fields, name),
    read: async (sent, noteUnknown) => (await (loading ??= load())).read(sent, noteUnknown),
  };
  // The record determines the type of the form.
  return { [formReader]: reader } as FormOption & ReadableForm;
}

function toFileHolder(field: object): FileHolder {
  // Fields have these properties; columns of models have neither files nor inner fields.
  return { fields: new Map(), ...field } as unknown as FileHolder;
}
