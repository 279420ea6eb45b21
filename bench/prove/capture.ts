/** `npm run prove -- capture`: the wire, its speed, sessions that are killed, the codec. The scanner is the twin; every
 *  byte passes through the driver and a real TCP connection or terminal. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Instruction, type PacketSizeBytes } from "@sourceprint/capture/fingerprint/r307/constants.js"
import { packNibbles } from "@sourceprint/capture/fingerprint/r307/image-decoder.js"
import { payloadLineTimeMs } from "@sourceprint/capture/fingerprint/r307/packet.js"
import { R307Sensor } from "@sourceprint/capture/fingerprint/r307/sensor.js"
import { type Fault, faultOn, faults, randomFaults } from "@sourceprint/capture/fingerprint/twin/device/faults.js"
import { serveTwinTcp } from "@sourceprint/capture/fingerprint/twin/device/serve-tcp.js"
import { canServeTerminal, serveTwinTerminal } from "@sourceprint/capture/fingerprint/twin/device/serve-terminal.js"
import { verifyDataset } from "@sourceprint/capture/session/verify-dataset.js"
import { transportOf } from "@sourceprint/capture/transport/open-transport.js"
import { AppError } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import { killPlanTouches } from "../../test/support/kill-plan.js"
import { randomMoment, runAndKill } from "../../test/support/kill-session.js"
import { ridgePattern } from "../../test/support/ridge-pattern.js"
import { twinWithPlaten } from "../../test/support/twin.js"
import { codecClaim } from "./capture-codec.js"
import type { Claim, Figure } from "./claim.js"
import { atLeast, atMost, exactly } from "./figure.js"

const lines = canServeTerminal() ? (["tcp", "terminal"] as const) : (["tcp"] as const)
type Line = (typeof lines)[number]
type Twin = ReturnType<typeof twinWithPlaten>

const scratch = (): Promise<string> => mkdtemp(join(tmpdir(), "prove-capture-"))

/** A twin on a line, the driver at its other end, and both put away afterwards. */
async function onLine<Result>(
  line: Line,
  options: Parameters<typeof twinWithPlaten>[0],
  work: (sensor: R307Sensor, twin: Twin) => Promise<Result>,
): Promise<Result> {
  const twin = twinWithPlaten(options)
  const folder = await scratch()
  const served =
    line === "tcp" ? await serveTwinTcp(twin.device) : await serveTwinTerminal(twin.device, join(folder, "r307"))
  try {
    const baud = options?.baud === undefined ? {} : { baud: options.baud }
    const sensor = await R307Sensor.open(transportOf(served.name), baud)
    try {
      return await work(sensor, twin)
    } finally {
      await sensor.close()
    }
  } finally {
    await served.close()
    await rm(folder, { recursive: true })
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

function identicalImages(line: Line, count: number): Promise<number> {
  return onLine(line, {}, async (sensor, { platen }) => {
    let identical = 0
    for (let i = 0; i < count; i++) {
      const levels = ridgePattern(i)
      platen.place(levels)
      await sensor.look()
      if (same((await sensor.read()).raw, packNibbles(levels))) identical++
    }
    return identical
  })
}

/** @returns undefined when the fault ended as it must, else what happened instead */
async function sufferOnce(sensor: R307Sensor, { device, platen }: Twin, fault: Fault, seed: number) {
  const levels = ridgePattern(seed)
  platen.place(levels)
  device.faults = faultOn(fault.on ?? Instruction.upImage, fault)
  try {
    if (fault.on === Instruction.vfyPwd) await sensor.reconnect()
    for (let looks = 0; !(await sensor.look()); looks++) if (looks === 5) return "a finger that is never seen"
    const { raw } = await sensor.read()
    if (!same(raw, packNibbles(levels))) return "a wrong image"
    return fault.expect === "recovers" ? undefined : "an image in place of an error"
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code.startsWith("transport/")) await sensor.reconnect()
    return error.code === fault.expect ? undefined : error.code
  } finally {
    device.faults = () => undefined
  }
}

function everyFault(line: Line, logLine: (text: string) => void) {
  return onLine(line, {}, async (sensor, twin) => {
    const wrong: string[] = []
    let slowestMs = 0
    for (const fault of faults) {
      for (let repeat = 0; repeat < 5; repeat++) {
        const startMs = performance.now()
        const outcome = await sufferOnce(sensor, twin, fault, repeat)
        const tookMs = performance.now() - startMs
        slowestMs = Math.max(slowestMs, tookMs)
        if (outcome !== undefined) wrong.push(`${fault.name}: ${outcome}`)
      }
      logLine(`${line}: ${fault.name}`)
    }
    return { wrong, slowestMs }
  })
}

function randomly(line: Line, images: number, logLine: (text: string) => void) {
  return onLine(line, {}, async (sensor, { device, platen }) => {
    const rng = new Rng("prove capture 1")
    let [wrong, lost, faultsSeen] = [0, 0, 0]
    for (let i = 0; i < images; i++) {
      const levels = ridgePattern(1000 + i)
      platen.place(levels)
      const chooser = randomFaults(rng, 0.2)
      device.faults = (instruction) => {
        const fault = chooser(instruction)
        if (fault !== undefined) faultsSeen++
        return fault
      }
      let packed: Uint8Array | undefined
      for (let attempt = 0; packed === undefined && attempt < 20; attempt++) {
        try {
          if (await sensor.look()) packed = (await sensor.read()).raw
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          if (error.code.startsWith("transport/")) await reconnected(sensor)
        }
      }
      if (packed === undefined) lost++
      else if (!same(packed, packNibbles(levels))) wrong++
      if ((i + 1) % 20 === 0) logLine(`${line}: ${i + 1} images, ${faultsSeen} faults`)
    }
    return { wrong, lost, faultsSeen }
  })
}

/** Faults continue while the line is opened again: a session would try until its person gives up. */
async function reconnected(sensor: R307Sensor): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await sensor.reconnect()
    } catch (error) {
      if (!(error instanceof AppError) || attempt === 10) throw error
    }
  }
}

const wire: Claim = {
  title: "Driver against twin: bit-identical; every fault by name recovers or is the right error in time; 200 images",
  measure: async (logLine) => {
    const figures: Figure[] = []
    for (const line of lines) {
      figures.push(exactly(`identical images over ${line}`, await identicalImages(line, 20), 20, "of 20"))
      const { wrong, slowestMs } = await everyFault(line, logLine)
      const note = `${faults.length} faults × 5; ${wrong.join("; ")}`
      figures.push(exactly(`faults over ${line} that ended otherwise than they must`, wrong.length, 0, "", note))
      figures.push(atMost(`slowest of them over ${line}`, slowestMs / 1000, 3, "s"))
    }
    for (const line of lines) {
      const { wrong, lost, faultsSeen } = await randomly(line, line === "tcp" ? 200 : 40, logLine)
      const note = `${faultsSeen} random faults`
      figures.push(exactly(`wrong images over ${line}`, wrong, 0, "", note))
      figures.push(exactly(`lost images over ${line}`, lost, 0))
    }
    return figures
  },
}

function pacedRatio(line: Line, baud: number, packetSizeBytes: PacketSizeBytes): Promise<number> {
  return onLine(line, { paced: true, baud, packetSizeBytes }, async (sensor, { platen }) => {
    let worst = 0
    for (let i = 0; i < 3; i++) {
      platen.place(ridgePattern(i))
      await sensor.look()
      const { transferMs } = (await sensor.read()).acquisition
      worst = Math.max(worst, transferMs / payloadLineTimeMs(36_864, packetSizeBytes, baud))
    }
    return worst
  })
}

const speed: Claim = {
  title: "At a paced line one image takes at most 1.05 × its line time (worst of 3)",
  measure: async (logLine) => {
    const figures: Figure[] = []
    for (const line of lines) {
      for (const [baud, size] of [
        [57600, 128],
        [115200, 128],
        [115200, 256],
      ] as const) {
        const lineSeconds = payloadLineTimeMs(36_864, size, baud) / 1000
        const ratio = await pacedRatio(line, baud, size)
        logLine(`${line}: ${baud} baud, ${size} bytes: ${ratio.toFixed(4)}`)
        const note = `line time ${lineSeconds.toFixed(2)} s, measured ${(ratio * lineSeconds).toFixed(2)} s`
        figures.push(atMost(`${line}, ${baud} baud, packets of ${size}`, ratio, 1.05, "× line time", note))
      }
    }
    return figures
  },
}

const kills: Claim = {
  title: "100 sessions killed with SIGKILL at random moments: the dataset verifies each time and completes",
  measure: async (logLine) => {
    const rng = new Rng("prove capture 3")
    let [killed, midSave, completed, findings, shrunk, incomplete] = [0, 0, 0, 0, 0, 0]
    while (killed < 100) {
      const folder = join(await scratch(), "set")
      let rows = 0
      for (let done = false; !done; ) {
        done = await runAndKill(folder, killed < 100 ? randomMoment(rng) : undefined)
        const verdict = await verifyDataset(folder)
        findings += verdict.findings.length
        if (verdict.recovery.completed.length + verdict.recovery.discarded > 0) midSave++
        if (verdict.rows < rows) shrunk++
        rows = verdict.rows
        if (!done) killed++
        if (killed % 20 === 0 && !done)
          logLine(`${killed} kills, ${completed} datasets complete, ${rows} touches in this one`)
      }
      completed++
      if (rows !== killPlanTouches) incomplete++
      await rm(folder, { recursive: true })
    }
    const note =
      `${midSave} of them in the middle of saving a touch; over ${completed} datasets of ${killPlanTouches} ` +
      "touches"
    return [
      atLeast("kills", killed, 100, "", note),
      exactly("findings of verify", findings, 0),
      exactly("saved touches that were lost", shrunk, 0),
      exactly("datasets that did not complete", incomplete, 0),
    ]
  },
}

export const claims: readonly Claim[] = [wire, speed, kills, codecClaim]
