/** Types that the application declares for all its handlers. */

/** Types that an application declares: `declare module "gable" { interface AppTypes { user: User } }`. */
export interface AppTypes {}

/** Type of a declared part of {@link AppTypes}; unknown if it is not declared. */
export type AppType<Name extends string> = Name extends keyof AppTypes ? AppTypes[Name] : unknown;
