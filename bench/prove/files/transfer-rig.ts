import { spawn } from "node:child_process"
import { createCipheriv, createHash, type Hash, randomBytes } from "node:crypto"
import { createReadStream } from "node:fs"
import { open, readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { silentLog } from "@sourceprint/core/log.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { connectServer } from "@sourceprint/serve/client/connect-server.js"
import { masterKeys } from "@sourceprint/serve/server/master-keys.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
import { quickStretching } from "@sourceprint/serve/trial/attack-context.js"
import { stringify } from "yaml"
import { roomWithMembers } from "../../../test/support/room-with-members.js"
import { type ServerProcess, startServerProcess } from "../../../test/support/server-process.js"
import type { TransferCost, TransferPlan } from "./transfer-child.js"

const cli = fileURLToPath(import.meta.resolve("@sourceprint/cli/main.js"))
const transferChild = fileURLToPath(new URL("./transfer-child.js", import.meta.url))

interface RigClient {
  readonly clientId: string
  readonly signatureKey: Uint8Array
}

/** A real server as a process of its own, two people who are signed in and share a room. */
export interface TransferRig {
  readonly folder: string
  readonly roomId: string
  readonly tokens: { readonly ada: string; readonly grace: string }
  /** What they register with at the chat. */
  readonly clients: { readonly ada: RigClient; readonly grace: RigClient }
  /** Of the room. */
  readonly epoch: number
  server: ServerProcess
  /** Kills the server with -9 and starts it again on the same port. */
  restart(): Promise<void>
  /** A second server on the same store. */
  another(): Promise<ServerProcess>
  stop(): Promise<void>
}

/** @param store a PostgreSQL address; absent: SQLite in the folder */
export async function startRig(folder: string, store?: string): Promise<TransferRig> {
  const configPath = join(folder, "serve.yaml")
  const keyFile = join(folder, "master.keys")
  const location = store ?? join(folder, "store", "s.db")
  const config = {
    port: 0,
    httpPort: 0,
    store: location,
    keyFile,
    policy: { factors: ["password"], enrolment: "open" },
    matching: { threads: 1 },
    files: { minimumFreeBytes: 0 },
  }
  await writeFile(configPath, stringify(config))
  let server = await startServerProcess(cli, configPath)
  const session = async (): Promise<ClientSession> => {
    const trusts = (identity: Uint8Array): boolean => toHex(identity) === server.identity
    const deps = { crypto: webCrypto, clock: systemClock, trusts }
    return ClientSession.open(deps, await connectServer({ host: "127.0.0.1", port: server.port }))
  }
  const tokenOf = async (name: string): Promise<string> => {
    const credentials = { name, password: `${name} has a password`, stretching: quickStretching }
    const enrolling = await session()
    await enrolling.enrol({ ...credentials, enrolmentId: randomBytes(32), code: "", finger: "none" })
    enrolling.close()
    const signing = await session()
    const answer = await signing.signIn(credentials)
    signing.close()
    if (answer.type !== MessageType.decision || answer.outcome !== Outcome.pass) {
      throw new Error(`${name} could not sign in`)
    }
    return toHex(answer.token)
  }
  const tokens = { ada: await tokenOf("ada"), grace: await tokenOf("grace") }
  const opened = await openStore(location, await masterKeys(keyFile, silentLog))
  const ids: string[] = []
  for (const name of ["ada", "grace"]) ids.push((await opened.store.accountByName(name))?.id ?? "")
  const room = await roomWithMembers(opened, ids)
  const [ada, grace] = ids.map((id) => room.clients.get(id))
  if (ada === undefined || grace === undefined) throw new Error("the room has not the two")
  await opened.store.close()
  await writeFile(configPath, stringify({ ...config, port: server.port }))
  return {
    folder,
    roomId: room.roomId,
    tokens,
    clients: { ada, grace },
    epoch: room.epoch,
    get server() {
      return server
    },
    async restart() {
      await server.kill()
      server = await startServerProcess(cli, configPath)
    },
    async another() {
      const path = join(folder, "serve-2.yaml")
      await writeFile(path, stringify(config))
      return startServerProcess(cli, path)
    },
    stop: () => server.kill(),
  }
}

export const planOf = (rig: TransferRig, direction: TransferPlan["direction"], path: string): TransferPlan => ({
  direction,
  port: rig.server.port,
  identity: rig.server.identity,
  token: direction === "send" ? rig.tokens.ada : rig.tokens.grace,
  roomId: rig.roomId,
  path,
  record: join(rig.folder, "upload.record"),
  descriptor: join(rig.folder, "file.descriptor"),
})

/** Runs one end as a process. @param at what to do once when the transfer has come so far */
export async function runTransfer(
  rig: TransferRig,
  plan: TransferPlan,
  at?: { readonly percent: number; readonly run: () => Promise<void> },
): Promise<TransferCost | "killed"> {
  const planPath = join(rig.folder, `${plan.direction}.json`)
  await writeFile(planPath, JSON.stringify(plan))
  const child = spawn(process.execPath, [transferChild, planPath], { stdio: ["ignore", "pipe", "pipe"] })
  const exited = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => resolve(signal ?? code ?? 0))
  })
  let trouble = ""
  child.stderr.on("data", (chunk: Buffer) => {
    trouble += chunk.toString()
  })
  let cost: TransferCost | undefined
  let event: Promise<void> | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("{")) cost = JSON.parse(line) as TransferCost
    else if (at !== undefined && event === undefined && Number.parseInt(line, 10) >= at.percent) {
      event = at.run()
    }
  }
  await event
  const end = await exited
  if (end === "SIGKILL") return "killed"
  if (cost === undefined) throw new Error(`the ${plan.direction} end failed (${end}): ${trouble}`)
  return cost
}

/** Most memory that a process ever held, by Linux. */
export async function peakBytesOf(pid: number): Promise<number> {
  const found = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, "utf8"))
  return Number(found?.[1]) * 1024
}

/** Forgets the peak so far. */
export const forgetPeak = (pid: number): Promise<void> => writeFile(`/proc/${pid}/clear_refs`, "5")

const PIECE_BYTES = 1024 * 1024

/** A file that does not compress, with the marker in each KiB. @returns its SHA-256, hex */
export async function writeBigFile(path: string, sizeBytes: number, marker: Uint8Array): Promise<string> {
  const noise = createCipheriv("aes-256-ctr", randomBytes(32), randomBytes(16))
  const hash = createHash("sha256")
  const file = await open(path, "w")
  const zeros = new Uint8Array(PIECE_BYTES)
  for (let written = 0; written < sizeBytes; ) {
    const piece = noise.update(zeros)
    for (let at = 0; at < piece.length; at += 1024) piece.set(marker, at)
    const part = piece.subarray(0, Math.min(piece.length, sizeBytes - written))
    hash.update(part)
    await file.write(part)
    written += part.length
  }
  await file.close()
  return hash.digest("hex")
}

export async function sha256Of(path: string): Promise<string> {
  const hash: Hash = createHash("sha256")
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest("hex")
}

/** How many of the folder's files hold the bytes, and how many bytes were looked at. */
export async function filesHolding(
  folder: string,
  wanted: Uint8Array,
): Promise<{ readonly holding: number; readonly lookedAtBytes: number }> {
  let holding = 0
  let lookedAtBytes = 0
  for (const name of await readdir(folder)) {
    let tail = Buffer.alloc(0)
    let found = false
    for await (const chunk of createReadStream(join(folder, name), { highWaterMark: PIECE_BYTES })) {
      lookedAtBytes += chunk.length
      const window = Buffer.concat([tail, chunk])
      found ||= window.includes(Buffer.from(wanted))
      tail = window.subarray(Math.max(0, window.length - wanted.length))
    }
    if (found) holding++
  }
  return { holding, lookedAtBytes }
}
