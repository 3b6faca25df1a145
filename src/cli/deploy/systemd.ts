/** `deploy make --target systemd`: a unit for one machine. */
import type { DeployFacts } from "./facts.ts";

/** Writes the unit. */
export function makeSystemd({ name, hasMigrations }: DeployFacts): Readonly<Record<string, string>> {
  const migrate = `# Migrations run first. When one fails, the old version has stopped already: run them by hand before the restart if that matters.
ExecStartPre=/usr/bin/node node_modules/gable/bin/gable.mjs db migrate
`;
  return {
    [`deploy/${name}.service`]: `# Copy to /etc/systemd/system/${name}.service, then: systemctl enable --now ${name}
# Before: useradd --system ${name}; install -d -o ${name} -g ${name} /srv/${name}/var; write /etc/${name}.env, which only root can read.
[Unit]
Description=The site ${name}
After=network-online.target postgresql.service mariadb.service redis.service
Wants=network-online.target
# Five failures in a minute are a mistake that a restart does not correct.
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
# Gable says when it is ready.
Type=notify
NotifyAccess=all
User=${name}
Group=${name}
WorkingDirectory=/srv/${name}
# SECRET_KEYS, HOSTS, ORIGIN, DATABASE_URL and so on.
EnvironmentFile=/etc/${name}.env
Environment=GABLE_MODE=production HOST=127.0.0.1 PORT=3000
${hasMigrations ? migrate : ""}ExecStart=/usr/bin/node node_modules/gable/bin/gable.mjs start --workers auto
# New workers start with the current code, and the old ones end without a failed request.
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=1
# The parent gets the signal and ends its workers: 30 seconds for running requests, and some more.
KillMode=mixed
TimeoutStopSec=40
TimeoutStartSec=300
LimitNOFILE=65536

# The process sees the system read-only, and writes to its own folder and to a private /tmp only.
ProtectSystem=strict
ReadWritePaths=/srv/${name}/var
ProtectHome=true
PrivateTmp=true
PrivateDevices=true
ProtectKernelTunables=true
ProtectKernelModules=true
ProtectControlGroups=true
NoNewPrivileges=true
CapabilityBoundingSet=
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictSUIDSGID=true
LockPersonality=true
UMask=0077

[Install]
WantedBy=multi-user.target
`,
  };
}
