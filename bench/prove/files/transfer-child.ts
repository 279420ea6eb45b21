/** One end of a file transfer in a process of its own, to be measured and killed: `node transfer-child.js <plan.json>`.
 *  Says each whole percent as a line, and at the end what it cost as a line of JSON. */
import { existsSync } from "node:fs"
import { readFile, writeFile } from "node:fs/promises"
import { fromHex, toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import { fileDescriptor } from "@sourceprint/protocol/files/file-descriptor.js"
import { receiveFile } from "@sourceprint/protocol/files/file-receiver.js"
import { sendFile } from "@sourceprint/protocol/files/file-sender.js"
import { resumedFileLink } from "@sourceprint/protocol/files/resumed-file-link.js"
import { newUpload, uploadRecord } from "@sourceprint/protocol/files/upload-record.js"
import { webCrypto as crypto } from "@sourceprint/protocol/web-crypto.js"
import { connectServer } from "@sourceprint/serve/client/connect-server.js"
import { NodeFileSink } from "@sourceprint/serve/client/files/node-file-sink.js"
import { NodeFileSource } from "@sourceprint/serve/client/files/node-file-source.js"

export interface TransferPlan {
  readonly direction: "send" | "receive"
  readonly port: number
  readonly identity: string
  /** Hex. */
  readonly token: string
  /** Hex. */
  readonly roomId: string
  /** To send: the file. To receive: the folder. */
  readonly path: string
  /** Where the sender keeps its record. */
  readonly record: string
  /** Where the sender leaves what would travel in the room's message, and the receiver finds it. */
  readonly descriptor: string
  /** The process ends itself with -9 when it has come so far. */
  readonly killAtPercent?: number | undefined
}

export interface TransferCost {
  readonly elapsedMs: number
  readonly cpuMs: number
  readonly peakBytes: number
  /** Before the first byte. */
  readonly idleBytes: number
  /** Where the received file lies. */
  readonly path: string
}

const plan: TransferPlan = JSON.parse(await readFile(process.argv[2], "utf8"))
const deps = {
  crypto,
  clock: systemClock,
  trusts: (identity: Uint8Array) => toHex(identity) === plan.identity,
}
const link = resumedFileLink(fromHex(plan.token), async () =>
  ClientSession.open(deps, await connectServer({ host: "127.0.0.1", port: plan.port })),
)
const logLine = (line: string): void => void process.stdout.write(`${line}\n`)
let percent = -1
const progressOf = (sizeBytes: number) => (done: number) => {
  const now = Math.floor((100 * done) / Math.max(1, sizeBytes))
  if (now <= percent) return
  percent = now
  logLine(`${now} %`)
  if (now >= (plan.killAtPercent ?? 101)) process.kill(process.pid, "SIGKILL")
}

async function send(): Promise<string> {
  const source = await NodeFileSource.open(plan.path)
  const stored = existsSync(plan.record) ? uploadRecord.decode(await readFile(plan.record)) : undefined
  const record = stored ?? newUpload(crypto, source, fromHex(plan.roomId))
  if (stored === undefined) await writeFile(plan.record, uploadRecord.encode(record))
  const onProgress = progressOf(source.sizeBytes)
  const descriptor = await sendFile({ crypto, link }, source, record, { onProgress })
  await writeFile(plan.descriptor, fileDescriptor.encode(descriptor))
  await source.close()
  return plan.path
}

async function receive(): Promise<string> {
  const file = fileDescriptor.decode(await readFile(plan.descriptor))
  if (file === undefined) throw new Error(`${plan.descriptor} holds no descriptor`)
  const sink = await NodeFileSink.open(plan.path, file)
  await receiveFile({ crypto, link }, file, sink, { onProgress: progressOf(file.sizeBytes) })
  return sink.path ?? ""
}

const idleBytes = process.memoryUsage.rss()
const startMs = performance.now()
const startCpu = process.cpuUsage()
const path = await (plan.direction === "send" ? send() : receive())
const { user, system } = process.cpuUsage(startCpu)
const cost: TransferCost = {
  elapsedMs: performance.now() - startMs,
  cpuMs: (user + system) / 1000,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  idleBytes,
  path,
}
logLine(JSON.stringify(cost))
link.close()
