/** Tells the process that runs the tasks of this machine that there are new ones, over the channel to the supervisor. */

/** Tasks that are added close together share one message, in milliseconds. */
const gatherMs = 10;

/** Returns what tells the process for tasks that it need not wait for its next look at the queue. */
export function createTaskAnnouncer(): () => void {
  let isWaiting = false;
  return () => {
    if (isWaiting || process.send === undefined) return;
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      // Without its supervisor, the tasks wait for the next look.
      if (process.connected) process.send?.({ kind: "tasks" }, undefined, undefined, () => undefined);
    }, gatherMs).unref();
  };
}

/** Calls a function when the supervisor says that there are new tasks. Returns the function that ends it. */
export function listenForTasks(wake: () => void): () => void {
  if (process.send === undefined) return () => undefined;
  const onMessage = (message: unknown): void => {
    if (typeof message === "object" && message !== null && "kind" in message && message.kind === "tasks") wake();
  };
  process.on("message", onMessage);
  return () => void process.off("message", onMessage);
}
