/** Work that an application does once an hour, such as deleting expired rows. */

const hourMs = 3_600_000;

/** Runs work once an hour until the returned function is called. The first run comes at random within an hour. */
export function everyHour(work: () => Promise<unknown>, onError: (error: unknown) => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const runLater = (delayMs: number): void => {
    timer = setTimeout(() => {
      runLater(hourMs);
      work().catch(onError);
    }, delayMs);
    // The timer must not keep the process running. Runtimes other than Node return a number.
    if (typeof timer === "object") timer.unref();
  };
  // Machines that start together do not clear together.
  runLater(Math.random() * hourMs);
  return () => clearTimeout(timer);
}
