/** `deploy make --target docker`: an image in two stages. */
import { refuse } from "../make/names.ts";
import type { DeployFacts } from "./facts.ts";

/** How each package manager installs what the lock file says, without development packages. */
const installs = {
  "package-lock.json": "npm ci --omit=dev",
  "pnpm-lock.yaml": "corepack enable && pnpm install --prod --frozen-lockfile",
} as const;

/** Lock files of other package managers. */
const otherLocks = ["yarn.lock", "bun.lock", "bun.lockb"];

/** Writes the Dockerfile and the list of what the image leaves out. */
export function makeDocker({ name, nodeMajor, files, hasViews }: DeployFacts): Readonly<Record<string, string>> {
  const lock = (Object.keys(installs) as Array<keyof typeof installs>).find((file) => files.has(file)); // Its own keys.
  const foreign = otherLocks.find((file) => files.has(file));
  if (lock === undefined && foreign !== undefined)
    refuse(
      `The project has ${foreign}, and gable deploy make knows the lock files of npm and pnpm. Nothing was written.`,
      "Write the image by hand, or make a lock file with npm install --package-lock-only. Without one, an image gets other versions than you have tested.",
    );
  const copied = lock === undefined ? "package.json" : `package.json ${lock}`;
  const build = `
# Compiles the template files, so that nothing is written at start. Test mode needs no secrets: an image must have none.
RUN node node_modules/gable/bin/gable.mjs build --mode test
`;
  return {
    Dockerfile: `# Build: docker build -t ${name} .
# Run:   docker run --read-only --tmpfs /tmp --cap-drop ALL --stop-timeout 35 -v ${name}:/app/var -p 127.0.0.1:3000:3000 --env-file .env.production ${name}

# The first stage installs packages and compiles.
FROM node:${nodeMajor}-slim AS build
WORKDIR /app
# Packages change less often than code: Docker keeps this layer.
COPY ${copied} ./
RUN ${lock === undefined ? "npm install --omit=dev" : installs[lock]}
COPY . .
${hasViews ? build.trimStart() : ""}
# The second stage has what the site needs to run, and no more.
FROM node:${nodeMajor}-slim
ENV GABLE_MODE=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
# The files belong to root: the process can write to /app/var and /tmp only.
COPY --from=build /app /app
RUN mkdir -p /app/var && chown node:node /app/var
USER node
# A SQLite database and uploads. Keep it outside the container.
VOLUME ["/app/var"]
EXPOSE 3000
# /up answers while the process is responsive. /ready is for load balancers: a database that is away must not restart the container.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \\
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/up').then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
# In this form, node gets the signal itself and ends the requests that run. That takes up to 30 seconds.
STOPSIGNAL SIGTERM
CMD ["node", "node_modules/gable/bin/gable.mjs", "start"]
`,
    ".dockerignore": `# What the image does not need, and what it must not have.
.git
.github
.env
.env.*
.gable
node_modules
var
deploy
Dockerfile
compose.yaml
tests
*.test.ts
`,
  };
}
