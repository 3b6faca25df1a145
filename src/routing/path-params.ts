/** The types of path parameters, read from the literal of a pattern. */
import type { Converters } from "./converters.ts";

type ConverterValue<Name> = Name extends keyof Converters ? Converters[Name] : string;

/** The name at the start of a string: it ends before the first separator. `pattern.ts` knows the same separators. */
type NameIn<Text extends string> = Text extends `${infer Name}${"." | "-" | "~" | "," | ";" | "@" | "!" | "+" | "="}${string}`
  ? NameIn<Name>
  : Text;

/** Parameters of a string that starts after a colon. Text in nested parentheses is an expression: nothing after it is a parameter. */
type ParamsFrom<Text extends string> = Text extends `${infer Head}:${infer Tail}`
  ? Head extends `${infer Name}(${infer Type}`
    ? Type extends `${infer Converter})${string}`
      ? { [Key in Name]: ConverterValue<Converter> } & ParamsFrom<Tail>
      : { [Key in Name]: string }
    : { [Key in NameIn<Head>]: string } & ParamsFrom<Tail>
  : Text extends `${infer Name}(${infer Type}`
    ? { [Key in Name]: ConverterValue<Type extends `${infer Converter})${string}` ? Converter : never> }
    : { [Key in NameIn<Text>]: string };

type SegmentParams<Segment extends string> = Segment extends `*${infer Name}`
  ? { [Key in Name]: string }
  : Segment extends `${string}:${infer Text}`
    ? ParamsFrom<Text>
    : unknown;

/** A segment that ends with `?` may be absent. */
type OptionalParams<Segment extends string> = Segment extends `${infer Text}?` ? Partial<SegmentParams<Text>> : SegmentParams<Segment>;

type AllParams<Pattern extends string> = Pattern extends `${infer Segment}/${infer Rest}`
  ? OptionalParams<Segment> & AllParams<Rest>
  : OptionalParams<Pattern>;

/**
 * Parameters of a pattern: `PathParams<"/teams/:team/:page(int)?">` is `{ team: string; page?: number }`.
 * If the pattern is a plain `string`, the parameters can have any name.
 */
export type PathParams<Pattern extends string> = string extends Pattern
  ? Record<string, string>
  : { [Key in keyof AllParams<Pattern>]: AllParams<Pattern>[Key] };
