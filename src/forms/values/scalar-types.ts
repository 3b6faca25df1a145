/** The types of fields that hold one value, by name. */
import type { FieldType } from "../definition.ts";
import { boolean, choice } from "./choice.ts";
import { date, datetime, time } from "./date.ts";
import { json, list } from "./json.ts";
import { bigint, decimal, int, number } from "./number.ts";
import type { ScalarType } from "./scalar-type.ts";
import { color, email, password, slug, tel, text, url, uuid } from "./text.ts";

/** Types of fields with one text for each value. */
export const scalarTypes: Readonly<Partial<Record<FieldType, ScalarType>>> = {
  text,
  email,
  url,
  password,
  slug,
  uuid,
  color,
  tel,
  int,
  bigint,
  number,
  decimal,
  boolean,
  choice,
  date,
  time,
  datetime,
  json,
  list,
};
