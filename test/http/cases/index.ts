/** All cases of the wire. */
import { fieldCases } from "./field.cases.ts";
import { framingCases } from "./framing.cases.ts";
import { requestLineCases } from "./request-line.cases.ts";
import { targetCases } from "./target.cases.ts";
import type { WireCase } from "./wire-case.ts";

export const wireCases: readonly WireCase[] = [...requestLineCases, ...targetCases, ...fieldCases, ...framingCases];
