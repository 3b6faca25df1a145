/** Tells whether this process can talk to a supervisor. */

/** Returns whether this process is a worker of a supervisor with this process id. */
export function isWorkerOf(pid: string | undefined): boolean {
  return pid !== undefined && process.send !== undefined && process.connected && String(process.ppid) === pid;
}
