/** `deploy make --target compose`: the site with PostgreSQL. */
import { makeDocker } from "./docker.ts";
import type { DeployFacts } from "./facts.ts";

const database = `  database:
    image: postgres:17
    environment:
      POSTGRES_USER: app
      POSTGRES_DB: app
      POSTGRES_PASSWORD: \${DATABASE_PASSWORD:?Set it in .env.production}
    volumes: ["database:/var/lib/postgresql/data"]
    restart: unless-stopped
    # PostgreSQL writes its memory to disk before it ends.
    stop_grace_period: 60s
    healthcheck:
      test: ["CMD", "pg_isready", "--username", "app", "--dbname", "app"]
      interval: 5s
      timeout: 3s
      retries: 20
`;

/** Writes compose.yaml with the files of the image. */
export function makeCompose(facts: DeployFacts): Readonly<Record<string, string>> {
  const { name, hasMigrations } = facts;
  const migrate = `
  # Runs once, before the site starts. When it fails, the site does not start.
  migrate:
    <<: *site
    command: ["node", "node_modules/gable/bin/gable.mjs", "db", "migrate"]
    healthcheck:
      disable: true
    depends_on:
      database:
        condition: service_healthy
`;
  return {
    ...makeDocker(facts),
    "compose.yaml": `# Start:  docker compose --env-file .env.production up --detach --build
# .env.production has SECRET_KEYS, HOSTS, ORIGIN and DATABASE_PASSWORD (letters and digits); only you may read it. The project needs the package pg.
name: ${name}

# What the site and its migrations share.
x-site: &site
  build: .
  env_file: .env.production
  environment:
    DATABASE_URL: postgres://app:\${DATABASE_PASSWORD:?Set it in .env.production}@database:5432/app?sslmode=disable
  # The process is not root, writes to its volume and to memory only, and can never get more rights.
  read_only: true
  tmpfs: [/tmp]
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  volumes: ["files:/app/var"]

services:
  site:
    <<: *site
    # For a proxy on this machine. Behind one in this file, publish no port.
    ports: ["127.0.0.1:3000:3000"]
    restart: unless-stopped
    init: true
    # 30 seconds for running requests, and some more.
    stop_grace_period: 35s
    depends_on:
${
  hasMigrations
    ? `      migrate:
        condition: service_completed_successfully
`
    : `      database:
        condition: service_healthy
`
}${hasMigrations ? migrate : ""}
${database}
volumes:
  files: {}
  database: {}
`,
  };
}
