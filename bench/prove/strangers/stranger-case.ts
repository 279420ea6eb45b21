import { spawn } from "node:child_process"
import { chmod, mkdtemp, realpath, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { messageOf } from "@sourceprint/core/errors.js"
import { projectRoot, sharedData } from "../../../test/support/shared-data.js"
import type { Finding } from "../claim.js"

/** One input that a stranger brings, tried on the product as a stranger would. */
export interface StrangerCase {
  /** The input in few words, as it stands in the line. */
  readonly input: string
  /** Where the complaint is public: "owner/repository#number". Absent: it is one of the issue itself. */
  readonly complaint?: string
  /** A folder or file of the real data beside the project ("odd", "fvc2002/DB1_B"); without it the case fails. */
  readonly needs?: string
  /** Why the other party of the case cannot be had here: the line says so, and nothing is claimed. */
  readonly skip?: string | false
  /** Makes the input below the new, empty `folder` and runs the product. */
  attempt(folder: string): Promise<Outcome>
  readonly must: {
    readonly exitCode: number
    /** Each stands somewhere in what is said; the line that the first one is found in is printed. */
    readonly say?: readonly RegExp[]
    /** None of these may be said; a stack trace never is. */
    readonly notSay?: readonly RegExp[]
  }
}

/** What came of it: the exit code of the command and all that it printed, on both streams. */
export interface Outcome {
  readonly exitCode: number
  readonly said: string
}

export interface RunOptions {
  /** Working folder: the commands keep `data`, `experiments` and `reports` in it. */
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Written to stdin, which then ends. */
  readonly input?: string
  /** Run as this user, where the tests run as one who may read everything. */
  readonly uid?: number
}

/** Path of the built command. */
export const mainScript = join(projectRoot, "src/cli/dist/main.js")

/** Runs a program to its end. @returns exit code (128 for a signal) and both streams, in the order that they came */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...options.env }
    delete env.NODE_TEST_CONTEXT // it would make a test runner's child speak to the runner
    const user = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }
    const child = spawn(command, args, { cwd: options.cwd, env, ...user })
    let said = ""
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text))
    child.stdin.on("error", () => {}) // a command that does not read its input
    child.stdin.end(options.input ?? "")
    child.on("error", reject)
    child.on("close", (code) => resolve({ exitCode: code ?? 128, said }))
  })
}

/** `sourceprint <args>` in `cwd`. */
export const sourceprint = (args: readonly string[], options: RunOptions): Promise<Outcome> =>
  run(process.execPath, [mainScript, ...args], options)

/** A line of bash; `$SP` in it is the command `sourceprint`. */
export const shell = (line: string, options: RunOptions): Promise<Outcome> =>
  run("bash", ["-c", line], { ...options, env: { ...options.env, SP: `${process.execPath} ${mainScript}` } })

const STACK = /\n\s+at \S.*:\d+:\d+\)?/

/** Where `outcome` is not as it must be, in words; "" where it is. */
export function faultOf({ must }: Pick<StrangerCase, "must">, { exitCode, said }: Outcome): string {
  const faults: string[] = []
  if (exitCode !== must.exitCode) faults.push(`must exit with ${must.exitCode}`)
  for (const words of must.say ?? []) if (!words.test(said)) faults.push(`must say ${words}`)
  for (const words of [STACK, ...(must.notSay ?? [])]) if (words.test(said)) faults.push(`must not say ${words}`)
  return faults.join("; ")
}

/** The line of `said` that tells: the one with `words`, else the last one. At most 160 characters. */
function tellingLine(said: string, words: RegExp | undefined): string {
  const lines = said.split(/\r?\n|\r/).map((line) => line.trim())
  const full = lines.filter((line) => line !== "")
  const line = (words && full.find((one) => words.test(one))) ?? full.at(-1) ?? "(nothing)"
  return line.length > 160 ? `${line.slice(0, 159)}…` : line
}

/** Tries a case in a temporary folder, which every user may enter, and puts what came of it in one line.
 *  @param name letter and number, "C3" */
export async function judge(name: string, one: StrangerCase): Promise<Finding> {
  const head = `${name} ${one.input}${one.complaint === undefined ? "" : ` (${one.complaint})`}`
  if (one.needs !== undefined && sharedData(one.needs) === undefined)
    return { text: `${head}: ../shared/data/${one.needs} is not there`, kept: false }
  if (typeof one.skip === "string") return { text: `${head}: SKIPPED, ${one.skip}`, kept: true }
  const folder = await realpath(await mkdtemp(join(tmpdir(), "stranger-")))
  await chmod(folder, 0o777)
  try {
    const outcome = await one.attempt(folder)
    const fault = faultOf(one, outcome)
    const said = tellingLine(outcome.said.replaceAll(`${folder}/`, ""), one.must.say?.[0])
    return {
      text: `${head}: exit ${outcome.exitCode}, "${said}"${fault === "" ? "" : `  <- ${fault}`}`,
      kept: fault === "",
    }
  } catch (error) {
    return { text: `${head}: could not be tried: ${messageOf(error)}`, kept: false }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
