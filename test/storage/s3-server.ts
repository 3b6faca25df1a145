/** A server of the S3 protocol with one bucket, by the package s3rver. It checks signatures and the hashes of bodies. */
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface S3Files {
  getResourcePath(bucket: string, key: string, resource: "object"): string;
  getObject(...args: readonly unknown[]): Promise<unknown>;
  putObject(object: { readonly bucket: string; readonly key: string }): Promise<unknown>;
}
interface S3Server {
  readonly store: S3Files;
  readonly httpServer: { closeAllConnections(): void };
  run(): Promise<{ readonly port: number }>;
  close(): Promise<void>;
}
type S3ServerClass = new (options: object) => S3Server;

/** The only key pair that the server knows. */
export const credentials = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };
export const bucket = "gable-files";

/**
 * A service replaces a file and what it knows of it in one step; the server would write into the file that others read, and mix two that come
 * together.
 */
function replaceWhole(files: S3Files): void {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<unknown>): Promise<unknown> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const put = files.putObject.bind(files);
  // It resolves when the file is open: whoever has opened the old file keeps reading it.
  const open = files.getObject.bind(files);
  files.getObject = (...args) => inTurn(() => open(...args));
  files.putObject = (object) =>
    inTurn(async () => {
      await rm(files.getResourcePath(object.bucket, object.key, "object"), { force: true });
      return put(object);
    });
}

/** Starts a server with an empty bucket. */
export async function startS3(): Promise<{ readonly endpoint: string; readonly close: () => Promise<void> }> {
  // The package has no types.
  const Server = createRequire(import.meta.url)("@20minutes/s3rver") as S3ServerClass;
  const directory = await mkdtemp(join(tmpdir(), "gable-s3-"));
  const server = new Server({ address: "127.0.0.1", port: 0, silent: true, directory, configureBuckets: [{ name: bucket }] });
  replaceWhole(server.store);
  const { port } = await server.run();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      server.httpServer.closeAllConnections();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
