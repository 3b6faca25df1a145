/** Where uploads wait until their request ends, as a part of an application: its option, and the check of its folder at start. */
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { definePart } from "../parts/part.ts";
import { loadPaths } from "../replies/node-modules.ts";

/** How an application handles uploads. */
export interface UploadSettings {
  /** Folder of temporary files, which must exist. Default: that of the system. */
  directory: string;
}

/** The option of `gable()` for uploads. */
export interface UploadsSetting {
  /** Where uploads wait until their request ends. By default in the temporary folder of the system. */
  uploads?: UploadSettings;
}

const optionNames: Readonly<Record<keyof UploadSettings, true>> = { directory: true };

/** Gives the forms of an application a folder for temporary files. */
export const uploadsPart = definePart({
  name: "uploads",
  option: { names: { uploads: true }, check: assertSettings },
  start: async (_host, { uploads }: UploadsSetting): Promise<{ readonly directory: string }> => {
    const { resolve } = await loadPaths();
    // The part starts only with its option.
    const directory = resolve(uploads!.directory);
    await assertWritable(directory);
    return { directory };
  },
});

function assertSettings({ uploads }: UploadsSetting): void {
  if (typeof uploads !== "object" || uploads === null) throw optionInvalid("gable()", "uploads", uploads, "an object with directory");
  assertKnownOptions("gable() uploads", uploads, Object.keys(optionNames));
  const { directory } = uploads;
  if (typeof directory !== "string" || directory === "")
    throw optionInvalid("gable() uploads", "directory", directory, 'a folder such as "var/uploads"');
}

/** Creates a temporary file, as an upload does, so that missing rights and folders are found at start. */
async function assertWritable(directory: string): Promise<void> {
  const { openUnlinked } = await import("../input/spooled-file.ts");
  try {
    const file = await openUnlinked(directory);
    await file.close();
  } catch (error) {
    const reason = toErrorText(error);
    throw new GableError("E_UPLOAD_DIRECTORY", `Cannot write to the folder of uploads "${directory}": ${reason}.`, { cause: error });
  }
}
