/** The types of path parameters, read from the literal of a pattern. */
import type { Converters } from "./converters.ts";

type ConverterValue<Name> = Name extends keyof Converters ? Converters[Name] : string;

type SegmentParams<Segment extends string> = Segment extends `*${infer Name}`
  ? { [Key in Name]: string }
  : Segment extends `${string}:${infer Param}`
    ? Param extends `${infer Name}(${infer Converter})`
      ? { [Key in Name]: ConverterValue<Converter> }
      : { [Key in Param]: string }
    : unknown;

type AllParams<Pattern extends string> = Pattern extends `${infer Segment}/${infer Rest}`
  ? SegmentParams<Segment> & AllParams<Rest>
  : SegmentParams<Pattern>;

/**
 * Parameters of a pattern: `PathParams<"/teams/:team/:id(int)">` is `{ team: string; id: number }`.
 * A pattern that is no literal has parameters of any name.
 */
export type PathParams<Pattern extends string> = string extends Pattern
  ? Record<string, string>
  : { [Key in keyof AllParams<Pattern>]: AllParams<Pattern>[Key] };
