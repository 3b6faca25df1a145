/** What the files of a deployment depend on. */

/** Facts of a project. */
export interface DeployFacts {
  /** Name of the project, for images, units and users: lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Major version of Node. */
  readonly nodeMajor: number;
  /** Names in the folder of the project. */
  readonly files: ReadonlySet<string>;
  /** Whether there are template files. */
  readonly hasViews: boolean;
  /** Whether there are migrations. */
  readonly hasMigrations: boolean;
}
