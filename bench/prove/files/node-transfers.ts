import { mkdir, readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import type { Figure } from "../claim.js"
import { atLeast, atMost, exactly } from "../figure.js"
import { plainCopy } from "./plain-copy.js"
import type { TransferCost } from "./transfer-child.js"
import {
  filesHolding,
  forgetPeak,
  peakBytesOf,
  planOf,
  runTransfer,
  sha256Of,
  startRig,
  type TransferRig,
  writeBigFile,
} from "./transfer-rig.js"

const MB = 1e6
const rate = (sizeBytes: number, ms: number): number => sizeBytes / MB / (ms / 1000)

function finished(cost: TransferCost | "killed"): TransferCost {
  if (cost === "killed") throw new Error("the transfer was killed from outside")
  return cost
}

const newMarker = (): Uint8Array => utf8(`planted ${toHex(webCrypto.randomBytes(12))}`)

/** One file from a client through the server to another, all three as processes: hash, memory, speed, and what plain
 *  copying of the same bytes does on the same machine at that moment. */
export async function boundedTransfer(
  folder: string,
  sizeBytes: number,
  logLine: (text: string) => void,
): Promise<readonly Figure[]> {
  const rig = await startRig(folder)
  try {
    const pid = rig.server.child.pid ?? 0
    const path = join(folder, "big.bin")
    const marker = newMarker()
    const hash = await writeBigFile(path, sizeBytes, marker)
    const serverIdle = await peakBytesOf(pid)
    await forgetPeak(pid)
    logLine("sending")
    const sent = finished(await runTransfer(rig, planOf(rig, "send", path)))
    logLine("receiving")
    const received = finished(await runTransfer(rig, planOf(rig, "receive", join(folder, "received"))))
    const serverPeak = await peakBytesOf(pid)
    logLine("plain copying")
    const plain = await plainCopy(path, join(folder, "plain-there"), join(folder, "plain-back"))
    const looked = await filesHolding(join(folder, "store"), marker)
    const above = (peak: number, idle: number, name: string): Figure =>
      atMost(
        `${name}: most memory above idle`,
        (peak - idle) / MB,
        200,
        "MB",
        `peak ${Math.round(peak / MB)} MB, idle ${Math.round(idle / MB)} MB`,
      )
    const speed = (name: string, ms: number): Figure => ({ name, value: rate(sizeBytes, ms), unit: "MB/s" })
    return [
      exactly(
        "received with an equal SHA-256",
        (await sha256Of(received.path)) === hash ? 1 : 0,
        1,
        "file",
        `${sizeBytes} bytes`,
      ),
      above(sent.peakBytes, sent.idleBytes, "sender"),
      above(received.peakBytes, received.idleBytes, "receiver"),
      above(serverPeak, serverIdle, "server"),
      exactly(
        "files of the store that hold the planted plaintext",
        looked.holding,
        0,
        "files",
        `${looked.lookedAtBytes} bytes looked at`,
      ),
      speed("upload, sealed, into SQLite", sent.elapsedMs),
      speed("download, opened and hashed", received.elapsedMs),
      speed("peer: plain TCP into a file and synced, upload", plain.upMs),
      speed("peer: plain TCP, download", plain.downMs),
      { name: "upload, CPU of the sender", value: sent.cpuMs / (sizeBytes / MB), unit: "ms/MB" },
      { name: "download, CPU of the receiver", value: received.cpuMs / (sizeBytes / MB), unit: "ms/MB" },
    ]
  } finally {
    await rig.stop()
  }
}

/** What the chunks take on the disk: a chunk stored twice would show. */
const storedBytes = async (rig: TransferRig): Promise<number> =>
  (await stat(join(rig.folder, "store", "s-files.db"))).size

/** The same, with everything killed once by -9 on the way: the sender, then the server under the sender, then the
 *  server under the receiver, then the receiver. */
export async function killedTransfer(
  folder: string,
  sizeBytes: number,
  logLine: (text: string) => void,
): Promise<readonly Figure[]> {
  const rig = await startRig(folder)
  try {
    const path = join(folder, "big.bin")
    const marker = newMarker()
    const hash = await writeBigFile(path, sizeBytes, marker)
    logLine("sender killed")
    const first = await runTransfer(rig, { ...planOf(rig, "send", path), killAtPercent: 30 })
    logLine("server killed under the sender")
    await runTransfer(rig, planOf(rig, "send", path), { percent: 60, run: () => rig.restart() })
    const target = join(folder, "received")
    await mkdir(target, { recursive: true })
    logLine("receiver killed")
    const second = await runTransfer(rig, { ...planOf(rig, "receive", target), killAtPercent: 30 })
    const parts = await readdir(target)
    const partBytes = (await stat(join(target, parts[0]))).size
    logLine("server killed under the receiver")
    const plan = planOf(rig, "receive", target)
    const received = finished(await runTransfer(rig, plan, { percent: 60, run: () => rig.restart() }))
    const storeBytes = await storedBytes(rig)
    const looked = await filesHolding(join(folder, "store"), marker)
    return [
      exactly(
        "sender and receiver killed on the way",
        [first, second].filter((end) => end === "killed").length,
        2,
        "kills",
      ),
      atLeast(
        "the receiver's part continued, did not start over",
        partBytes / sizeBytes,
        0.25,
        "of the file",
        parts.join(" "),
      ),
      exactly("received with an equal SHA-256", (await sha256Of(received.path)) === hash ? 1 : 0, 1, "file"),
      atMost("the store beside the file: nothing was stored twice", storeBytes / sizeBytes, 1.1, "times the file"),
      exactly("files of the store that hold the planted plaintext", looked.holding, 0, "files"),
      exactly("files in the receiver's folder", (await readdir(target)).length, 1, "files"),
    ]
  } finally {
    await rig.stop()
  }
}

/** Sent to one server and fetched from another on the same PostgreSQL database. */
export async function throughTwoServers(
  folder: string,
  store: string,
  sizeBytes: number,
  logLine: (text: string) => void,
): Promise<readonly Figure[]> {
  const rig = await startRig(folder, store)
  const other = await rig.another()
  try {
    const path = join(folder, "big.bin")
    const hash = await writeBigFile(path, sizeBytes, newMarker())
    logLine("sending to one")
    const sent = finished(await runTransfer(rig, planOf(rig, "send", path)))
    logLine("fetching from the other")
    const plan = { ...planOf(rig, "receive", join(folder, "received")), port: other.port }
    const received = finished(await runTransfer(rig, plan))
    return [
      exactly(
        "received with an equal SHA-256 from the other server",
        (await sha256Of(received.path)) === hash ? 1 : 0,
        1,
        "file",
      ),
      { name: "upload, sealed, into PostgreSQL", value: rate(sizeBytes, sent.elapsedMs), unit: "MB/s" },
      { name: "download, opened and hashed", value: rate(sizeBytes, received.elapsedMs), unit: "MB/s" },
    ]
  } finally {
    await other.kill()
    await rig.stop()
  }
}
