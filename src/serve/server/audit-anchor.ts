import { createSocket } from "node:dgram"
import { appendFile, mkdir } from "node:fs/promises"
import { hostname } from "node:os"
import { dirname } from "node:path"
import type { Clock } from "@sourceprint/core/clock.js"
import { messageOf } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import type { Signer } from "@sourceprint/protocol/crypto-provider.js"
import { type AuditCheckpoint, checkpointLine } from "../store/audit-checkpoint.js"
import type { Store } from "../store/store.js"

const SYSLOG_PRIORITY = 13 * 8 + 5 // RFC 5424: facility "log audit", severity "notice"

export interface AnchorPlaces {
  readonly file: string | undefined
  /** UDP, RFC 5424. */
  readonly syslog: { readonly host: string; readonly port: number } | undefined
}

export interface AnchorDeps {
  readonly store: Pick<Store, "auditHead">
  readonly identity: Signer
  readonly clock: Clock
  readonly log: Log
}

/** Writes signed checkpoints of the audit log's head outside the store: at the start, at intervals while something was
 *  added, and at the end. */
export class AuditAnchor {
  private readonly timer: NodeJS.Timeout
  private writing: Promise<void> = Promise.resolve()
  /** The last that was written by this server. */
  last: AuditCheckpoint | undefined

  constructor(
    private readonly deps: AnchorDeps,
    private readonly places: AnchorPlaces,
    everyMs: number,
  ) {
    this.timer = setInterval(() => void this.write(), everyMs)
    void this.write()
  }

  /** One after another; a place that cannot be written is logged and tried again the next time. */
  write(): Promise<void> {
    this.writing = this.writing
      .then(() => this.writeOne())
      .catch((error: unknown) => {
        this.deps.log.error("audit.checkpoint", { why: messageOf(error) })
      })
    return this.writing
  }

  async stop(): Promise<void> {
    clearInterval(this.timer)
    await this.write()
  }

  private async writeOne(): Promise<void> {
    const { store, identity, clock } = this.deps
    const { file, syslog } = this.places
    if (file === undefined && syslog === undefined) return
    const head = await store.auditHead()
    if (head === undefined || head.seq === this.last?.seq) return
    const checkpoint = { seq: head.seq, hash: head.hash, atMs: clock.nowMs() }
    const line = await checkpointLine(checkpoint, (bytes) => identity.sign(bytes))
    if (file !== undefined) {
      await mkdir(dirname(file), { recursive: true })
      await appendFile(file, `${line}\n`, { mode: 0o640, flush: true })
    }
    if (syslog !== undefined) await sendSyslog(syslog, checkpoint.atMs, line)
    this.last = checkpoint
  }
}

async function sendSyslog({ host, port }: { host: string; port: number }, atMs: number, line: string): Promise<void> {
  const time = new Date(atMs).toISOString()
  const message = `<${SYSLOG_PRIORITY}>1 ${time} ${hostname()} sourceprint ${process.pid} audit-checkpoint - ${line}`
  const socket = createSocket("udp4")
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject)
      socket.send(message, port, host, (error) => (error === null ? resolve() : reject(error)))
    })
  } finally {
    socket.close()
  }
}
