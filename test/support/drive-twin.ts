import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { encodePacket, PacketKind } from "@sourceprint/capture/fingerprint/r307/packet.js"
import { memoryTwin } from "@sourceprint/capture/fingerprint/twin/device/serve-memory.js"
import { canServeTerminal, serveTwinTerminal } from "@sourceprint/capture/fingerprint/twin/device/serve-terminal.js"
import type { TwinOptions } from "@sourceprint/capture/fingerprint/twin/device/twin-device.js"
import { delay } from "@sourceprint/core/async/delay.js"
import { concat, toHex } from "@sourceprint/core/bytes.js"
import { peerScript, python, withoutPython } from "./python-peers.js"
import { ridgePattern } from "./ridge-pattern.js"
import { twinWithPlaten } from "./twin.js"

/** Why a driver of others cannot be tried, or false. */
export const withoutDrivers = withoutPython || (!canServeTerminal() && "socat is not installed (apt-get install socat)")

export interface Driven {
  readonly exitCode: number | null
  readonly complaint: string
  /** SHA-256 of the images that the driver read. */
  readonly images: readonly string[]
  /** SHA-256 of the levels of the finger that was placed. */
  readonly digest: string
}

/** Runs a driver's script (`test/peers/python`) against a fresh twin on a pseudo-terminal. The script asks for the
 *  fingers "a" and "b" and for "lift" on its standard output. */
export async function driveTwin(script: string): Promise<Driven> {
  const { device, platen } = twinWithPlaten()
  const served = await serveTwinTerminal(device, join(await mkdtemp(join(tmpdir(), "peer-")), "tty"))
  const a = ridgePattern(1)
  const fingers: Readonly<Record<string, Uint8Array>> = { a, b: ridgePattern(1, 8) }
  const child = spawn(python, [peerScript(script), served.name], { stdio: ["pipe", "pipe", "pipe"] })
  let complaint = ""
  child.stderr.on("data", (chunk) => {
    complaint += String(chunk)
  })
  const ended = once(child, "close")
  let last = "[]"
  for await (const line of createInterface({ input: child.stdout })) {
    last = line
    const finger = fingers[line]
    if (line !== "lift" && finger === undefined) continue
    if (finger === undefined) platen.lift()
    else platen.place(finger)
    child.stdin.write("\n")
  }
  const [exitCode] = (await ended) as [number | null]
  await served.close()
  const images = exitCode === 0 ? (JSON.parse(last) as string[]) : []
  return { exitCode, complaint, images, digest: createHash("sha256").update(a).digest("hex") }
}

/** A command packet to the address that modules leave the factory with. */
export const commandFrame = (...body: readonly number[]): Uint8Array =>
  encodePacket({ kind: PacketKind.command, address: 0xffffffff, body: Uint8Array.from(body) })

/** Writes frames to a twin, and to a second link of it where one is given. @returns what each link heard, hex */
export async function twinAnswers(
  links: readonly (readonly Uint8Array[])[],
  { gapMs = 0, ...options }: Partial<TwinOptions> & { readonly gapMs?: number } = {},
): Promise<string[]> {
  const { device } = twinWithPlaten(options)
  const answers: string[] = []
  for (const frames of links) {
    const line = memoryTwin(device)
    const heard: Uint8Array[] = []
    await line.open({ bytes: (bytes) => heard.push(Uint8Array.from(bytes)), lost: () => {} })
    for (const frame of frames) {
      const parts = gapMs === 0 ? [frame] : [...frame].map((byte) => Uint8Array.of(byte))
      for (const part of parts) {
        await line.write(part)
        if (gapMs > 0) await delay(gapMs)
      }
    }
    await delay(100)
    await line.close()
    answers.push(toHex(concat(heard)))
  }
  return answers
}
