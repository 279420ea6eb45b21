import { readFile } from "node:fs/promises"
import { AppError } from "@sourceprint/core/errors.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { pruneOlder } from "@sourceprint/serve/server/audit-retention.js"
import { loadSecrets } from "@sourceprint/serve/server/auth/server-secrets.js"
import { verifyAudit } from "@sourceprint/serve/store/audit-chain.js"
import { type AuditCheckpoint, readCheckpoints } from "@sourceprint/serve/store/audit-checkpoint.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { textTable } from "../text-table.js"
import { byOperator, storeOptions, withStore } from "./with-store.js"

const verifyOptions = {
  ...storeOptions,
  head: {
    type: "string",
    requiresArg: true,
    describe: "a head noted earlier; it must still be in the chain",
  },
  checkpoint: {
    type: "string",
    requiresArg: true,
    describe: "file of signed checkpoints; each must still be in the chain",
  },
} satisfies Record<string, Options>

const verifyCommand: CommandModule<object, InferredOptionTypes<typeof verifyOptions>> = {
  command: "verify",
  describe: "Check that no entry of the audit log was changed, removed, added or cut off",
  builder: verifyOptions,
  handler: ({ head, checkpoint, ...rest }) =>
    withStore(rest, async ({ store, auditKey }, keys) => {
      let checkpoints: AuditCheckpoint[] = []
      if (checkpoint !== undefined) {
        const { identity } = await loadSecrets(store, keys, webCrypto)
        checkpoints = readCheckpoints(await textOf(checkpoint), identity.publicKey)
      }
      const verdict = await verifyAudit(store, auditKey, head, checkpoints)
      if (!verdict.ok) throw new AppError("audit/broken", `entry ${verdict.seq}: ${verdict.fault}`)
      const last = checkpoints.reduce((most, { seq }) => Math.max(most, seq), 0)
      const pruned = verdict.pruned === 0 ? "" : `; pruned up to entry ${verdict.pruned}`
      const anchored = checkpoint === undefined ? "" : `; anchored up to entry ${last}`
      console.log(`${verdict.entries} entries, unbroken${pruned}; head ${verdict.head}${anchored}`)
    }),
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8")
  } catch (cause) {
    throw new AppError("audit/checkpoint", `cannot read the checkpoints in ${path}`, { cause })
  }
}

const listOptions = {
  ...storeOptions,
  after: { type: "number", default: 0, describe: "entries after this number" },
  limit: { type: "number", default: 100, describe: "at most this many" },
} satisfies Record<string, Options>

const listCommand: CommandModule<object, InferredOptionTypes<typeof listOptions>> = {
  command: "list",
  describe: "Print entries of the audit log",
  builder: listOptions,
  handler: ({ after, limit, ...rest }) =>
    withStore(rest, async ({ store }) => {
      const rows = (await store.auditAfter(after, limit)).map((entry) => [
        String(entry.seq),
        new Date(entry.atMs).toISOString(),
        entry.event,
        entry.reason,
        entry.address ?? "",
        entry.deviceId ?? "",
        entry.accountId ?? "",
        Object.entries(entry.detail ?? {})
          .map(([key, value]) => `${key}=${typeof value === "number" ? Number(value.toPrecision(4)) : value}`)
          .join(" "),
      ])
      console.log(textTable(["#", "time", "event", "reason", "address", "device", "account", "detail"], rows))
    }),
}

const pruneOptions = {
  ...storeOptions,
  "keep-days": {
    type: "number",
    requiresArg: true,
    describe: "entries older than this many days are deleted (audit.keepDays of the config)",
  },
} satisfies Record<string, Options>

const pruneCommand: CommandModule<object, InferredOptionTypes<typeof pruneOptions>> = {
  command: "prune",
  describe: "Delete old entries of the audit log; what is left still verifies",
  builder: pruneOptions,
  handler: ({ keepDays: asked, ...rest }) =>
    withStore(rest, async ({ store }, _keys, { audit }) => {
      const keepDays = asked ?? audit.keepDays
      if (keepDays === undefined || !(keepDays >= 1)) {
        throw new AppError("audit/keep-days", "say how many days to keep, 1 or more: --keep-days, or audit.keepDays")
      }
      const pruned = await pruneOlder(store, keepDays, byOperator("audit-pruned"))
      const start = await store.auditStart()
      const upTo = start === undefined ? "" : `; the log begins after entry ${start.seq}`
      console.log(`${pruned} entries older than ${keepDays} days deleted${upTo}`)
    }),
}

export const auditCommand: CommandModule = {
  command: "audit <command>",
  describe: "The server's audit log: verify, list, prune",
  builder: (yargs) => yargs.command(verifyCommand).command(listCommand).command(pruneCommand).demandCommand(1).strict(),
  handler: () => {},
}
