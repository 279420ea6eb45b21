import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { promisify } from "node:util"
import type { R307Profile } from "@sourceprint/capture/fingerprint/r307/profile.js"
import { r307 } from "@sourceprint/capture/fingerprint/r307/profiles/r307.js"
import { r503 } from "@sourceprint/capture/fingerprint/r307/profiles/r503.js"
import { correlationMatcher } from "@sourceprint/capture/fingerprint/twin/device/correlation-matcher.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { fromHex, toHex } from "@sourceprint/core/bytes.js"
import { touch } from "../../../test/support/auth-server.js"
import { commandFrame, driveTwin, twinAnswers, withoutDrivers } from "../../../test/support/drive-twin.js"
import { peerScript, python, withoutPython } from "../../../test/support/python-peers.js"
import * as systemA from "../../../test/support/system-a-peer.js"
import { bareSystemACases } from "./bare-system-a.js"
import { hostCases } from "./hosts-of-a-twin.js"
import { pythonClientCases } from "./python-client.js"
import { type Outcome, type StrangerCase, sourceprint } from "./stranger-case.js"

const said = (text: string, exitCode = 0): Outcome => ({ exitCode, said: text })

/** A driver of others against the twin: how many of the images that it read are the finger that was placed. */
async function driven(script: string): Promise<Outcome> {
  const { exitCode, complaint, images, digest } = await driveTwin(script)
  return said(
    `${complaint}${images.filter((one) => one === digest).length} of ${images.length} images are the finger's`,
    exitCode ?? 1,
  )
}

const genImg = commandFrame(0x01)
/** "01 0000…" by command: the first byte of the confirmation. */
const CODE_AT = 18
const code = (answer: string): string => answer.slice(CODE_AT, CODE_AT + 2) || "nothing"

/** What a profile answers to the commands that only some of the family have. */
async function familyAnswers(profile: R307Profile): Promise<Outcome> {
  const commands = [[0x35, 1, 0, 1, 0], [0x36], [0x3c], [0x40], [0x50], [0x51], [0x53]]
  const answers = await twinAnswers(
    commands.map((body) => [commandFrame(...body)]),
    { profile },
  )
  return said(
    commands.map(([command = 0], i) => `${toHex(Uint8Array.of(command))}: ${code(answers[i] ?? "")}`).join(" "),
  )
}

/** The label or the secret hash that the bare client is answered with. */
async function bareSystemA(finger: string, unit: string, time: (now: string) => string): Promise<Outcome> {
  let text = ""
  await systemA.served(async (port) => {
    const reply = await systemA.ask(port, touch(finger, unit), time(systemA.now()))
    text =
      reply === undefined ? "closed without a word" : reply.Hs === systemA.secretHash ? "Hs" : `label ${reply.label}`
  })
  return said(text)
}

/** Python's own library as client: its exit code and word. */
async function pythonClient(): Promise<Outcome> {
  const image = Buffer.from(touch("the-finger", "unit-1")).toString("base64")
  let text = ""
  await systemA.served(async (port) => {
    const args = ["client", String(port), systemA.keyText, systemA.password, systemA.verifier, image]
    text = (await promisify(execFile)(python, [peerScript("system_a.py"), ...args])).stdout
  })
  return said(text)
}

/** `client login --suite system-a` against a server in Python that knows the user's secret hash. */
async function loginAtPython(folder: string, password: string): Promise<Outcome> {
  const server = spawn(python, [peerScript("system_a.py"), "server", systemA.keyText, systemA.secretHash])
  try {
    const [port] = (await once(createInterface({ input: server.stdout }), "line")) as [string]
    await writeFile(join(folder, "fernet.key"), systemA.keyText)
    await writeFile(join(folder, "verifier"), systemA.verifier)
    const files = ["--key-file", "fernet.key", "--verifier-file", "verifier"]
    const who = ["--scanner", "twin:ada/thumb@unit-1", "--name", "ada"]
    const args = ["client", "login", "--suite", "system-a", "--server", `127.0.0.1:${port}`, ...files, ...who]
    return await sourceprint(args, { cwd: folder, input: `${password}\n` })
  } finally {
    server.kill()
  }
}

/** Of pairs of simulated touches, how many the module would combine into one model. World 13 chose no setting. */
function combined(): Promise<Outcome> {
  const touches = new SyntheticImpressions(13, ScannerSettings.parse({ seed: 13 }))
  const fingers = Array.from({ length: 16 }, (_, person) =>
    Array.from({ length: 3 }, (_, impression) => {
      const finger = `p${String(person).padStart(2, "0")}/right-index`
      const { nibbles } = touches.impression({ finger, unit: "unit-01", session: 0, impression })
      return correlationMatcher.extract(nibbles, 256, 288)
    }),
  )
  const combines = (a?: Uint8Array, b?: Uint8Array): boolean =>
    a !== undefined && b !== undefined && correlationMatcher.compare(a, b) >= correlationMatcher.combiningThreshold
  const genuine = fingers.flatMap(([a, b, c]) => [combines(a, b), combines(a, c), combines(b, c)])
  const others = fingers.flatMap(([a], i) => fingers.slice(i + 1).map(([b]) => combines(a, b)))
  const count = (all: readonly boolean[]): number => all.filter(Boolean).length
  const ofOne = `${count(genuine)} of ${genuine.length} of one finger combine`
  const text = `${ofOne}, ${count(others)} of ${others.length} of two`
  const isRight = count(genuine) >= 40 && count(others) <= 3
  return Promise.resolve(said(`simulated: ${text}`, isRight ? 0 : 1))
}

/** Clients and drivers that were written elsewhere. */
export const clientCases: readonly StrangerCase[] = [
  {
    input: "a command with a wrong checksum",
    attempt: async () => said(code((await twinAnswers([[fromHex("ef01ffffffff010003010006")]]))[0] ?? "")),
    must: { exitCode: 0, say: [/^01$/] },
  },
  {
    input: "pyfingerprint at the twin: every call, images at every packet size and speed",
    skip: withoutDrivers,
    attempt: () => driven("drive_pyfingerprint.py"),
    must: { exitCode: 0, say: [/9 of 9 images are the finger's/] },
  },
  {
    input: "Adafruit's CircuitPython library at the twin: enrolment, search, templates, image, settings",
    skip: withoutDrivers,
    attempt: () => driven("drive_adafruit.py"),
    must: { exitCode: 0, say: [/1 of 1 images are the finger's/] },
  },
  {
    input: "a command whose bytes come 250 ms apart",
    attempt: async () => said(code((await twinAnswers([[genImg]], { gapMs: 250 }))[0] ?? "")),
    must: { exitCode: 0, say: [/^02$/] },
  },
  {
    input: "a command that broke off, then a whole one",
    attempt: async () => said(code((await twinAnswers([[genImg.subarray(0, 7)], [genImg]]))[1] ?? "")),
    must: { exitCode: 0, say: [/^02$/] },
  },
  {
    input: "ReadSysPara: status register and system identifier",
    attempt: async () => said((await twinAnswers([[commandFrame(0x0f)]]))[0]?.slice(CODE_AT, CODE_AT + 10) ?? ""),
    must: { exitCode: 0, say: [/^0000000009$/] },
  },
  {
    input: "status register after the password was verified",
    attempt: async () => {
      const [answers = ""] = await twinAnswers([[commandFrame(0x13, 0, 0, 0, 0), commandFrame(0x0f)]])
      return said(answers.slice(24).slice(CODE_AT, CODE_AT + 10))
    },
    must: { exitCode: 0, say: [/^0000040009$/] },
  },
  {
    input: "commands of the family that an R307 lacks: 35 36 3C 40 50 51 53",
    attempt: () => familyAnswers(r307),
    must: { exitCode: 0, say: [/^35: 01 36: 01 3c: 01 40: 01 50: 01 51: 01 53: 01$/] },
  },
  {
    input: "the same at an R503, which has five of them",
    attempt: () => familyAnswers(r503),
    must: { exitCode: 0, say: [/^35: 00 36: 00 3c: 00 40: 00 50: \w\w 51: \w\w 53: 55$/], notSay: [/nothing/] },
  },
  {
    input: "a second link to the twin hears nothing of what the first one asked",
    attempt: async () => {
      const [, second = ""] = await twinAnswers([[genImg, genImg, genImg.subarray(0, 5)], []])
      return said(second === "" ? "silent" : second)
    },
    must: { exitCode: 0, say: [/^silent$/] },
  },
  {
    input: "RegModel on two touches of one finger and of two",
    attempt: combined,
    must: { exitCode: 0, say: [/of one finger combine/] },
  },
  {
    input: "system A's client, byte by byte: the right finger on the right scanner",
    attempt: () => bareSystemA("the-finger", "unit-1", (now) => now),
    must: { exitCode: 0, say: [/^Hs$/] },
  },
  {
    input: "system A's client, a time without fraction",
    attempt: () => bareSystemA("the-finger", "unit-1", (now) => now.slice(0, 19)),
    must: { exitCode: 0, say: [/^Hs$/] },
  },
  {
    input: "system A's client, the right finger on another scanner",
    attempt: () => bareSystemA("the-finger", "unit-2", (now) => now),
    must: { exitCode: 0, say: [/^label 0$/] },
  },
  {
    input: "system A's client, another finger on another scanner: the finger is judged first",
    attempt: () => bareSystemA("another", "unit-2", (now) => now),
    must: { exitCode: 0, say: [/^label -1$/] },
  },
  {
    input: "system A's client, a time that isoformat() does not write",
    attempt: () => bareSystemA("the-finger", "unit-1", (now) => now.replace("T", " ")),
    must: { exitCode: 0, say: [/^closed without a word$/] },
  },
  {
    input: "Python's cryptography (Fernet) as client of `serve` with systemA",
    skip: withoutPython,
    attempt: pythonClient,
    must: { exitCode: 0, say: [/^passed$/m] },
  },
  {
    input: "client login --suite system-a at a server in Python",
    skip: withoutPython,
    attempt: (folder) => loginAtPython(folder, systemA.password),
    must: { exitCode: 0, say: [/^welcome$/m] },
  },
  {
    input: "client login --suite system-a with another password: its verifier refuses",
    skip: withoutPython,
    attempt: (folder) => loginAtPython(folder, "another"),
    must: { exitCode: 4, say: [/name and password do not belong together/] },
  },
  ...bareSystemACases,
  ...hostCases,
  ...pythonClientCases,
]
