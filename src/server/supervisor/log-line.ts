/** Lines of the supervisor's log: their level and time are those of the application's log. */

/** Numbers of the levels, as pino has them. */
const levelNumbers = { info: 30, warn: 40, error: 50, fatal: 60 } as const;

/** A level of the supervisor's log. */
export type SupervisorLevel = keyof typeof levelNumbers;

/** Writes a line of JSON to standard error. */
export function writeLogLine(level: SupervisorLevel, facts: object): void {
  process.stderr.write(`${JSON.stringify({ level: levelNumbers[level], time: Date.now(), ...facts })}\n`);
}
