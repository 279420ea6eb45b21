import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { delay } from "@sourceprint/core/async/delay.js"
import { cli, type DemoProcess } from "./demo-process.js"

const PATIENCE_MS = 240_000

/** A person at a terminal with a simulated scanner of their own, and the lines that the chat has shown. */
export class TerminalPerson {
  private shown = ""
  private child: ChildProcess | undefined

  private constructor(
    private readonly demo: DemoProcess,
    private readonly folder: string,
    readonly name: string,
    private readonly password: string,
    private readonly finger: string,
  ) {}

  /** Makes a device key, has an operator register it, and enrols by three touches. */
  static async enrolled(demo: DemoProcess, folder: string, name: string, password: string): Promise<TerminalPerson> {
    const finger = `twin:${name.toLowerCase()}/right-index@unit-1`
    const person = new TerminalPerson(demo, folder, name, password, finger)
    const id = `desk-of-${name.toLowerCase()}`
    const state = join(folder, "state")
    const printed = await demo.command("client", "key", "--state", state, "--id", id, "--scanner-id", "unit-1")
    const key = /--key ([0-9a-f]{64})/.exec(printed)?.[1] ?? ""
    await demo.command("device", "add", "--config", demo.configFile, "--id", id, "--scanner-id", "unit-1", "--key", key)
    const enrol = person.start(["client", "enroll"], [])
    enrol.stdin?.end(`${password}\n`)
    const [code] = await once(enrol, "exit")
    if (code !== 0) throw new Error(`${name} could not enrol (exit ${code}): ${person.shown}`)
    return person
  }

  private start(command: readonly string[], more: readonly string[]): ChildProcess {
    const { demo, name, folder, finger } = this
    const common = ["--server", demo.server, "--name", name, "--scanner", finger, "--state", join(folder, "state")]
    const child = spawn(process.execPath, [cli, ...command, ...common, ...more], {
      stdio: ["pipe", "pipe", "pipe"],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (bytes: Buffer) => {
        this.shown += bytes.toString("utf8")
      })
    }
    return child
  }

  /** Signs in and opens the chat. */
  async chat(): Promise<void> {
    this.child = this.start(["chat"], ["--downloads", this.folder])
    this.child.stdin?.write(`${this.password}\n`)
    await this.saw(/\/help|signed in|welcome/i)
  }

  get pid(): number {
    return this.child?.pid ?? 0
  }

  type(line: string): void {
    this.child?.stdin?.write(`${line}\n`)
  }

  /** Waits for what the terminal shows. @param from only what came after this position of `position` */
  async saw(what: RegExp, from = 0): Promise<RegExpExecArray> {
    const untilMs = performance.now() + PATIENCE_MS
    for (;;) {
      const found = what.exec(this.shown.slice(from))
      if (found !== null) return found
      if (performance.now() > untilMs) throw new Error(`${this.name} never saw ${what}: ${this.shown.slice(-1500)}`)
      await delay(100)
    }
  }

  get position(): number {
    return this.shown.length
  }

  get all(): string {
    return this.shown
  }

  async leave(): Promise<void> {
    if (this.child === undefined || this.child.exitCode !== null) return
    const over = once(this.child, "exit")
    this.type("/quit")
    const kill = setTimeout(() => this.child?.kill("SIGKILL"), 15_000)
    await over
    clearTimeout(kill)
  }
}
