import { execFile } from "node:child_process"
import { existsSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import type { ServerProcess } from "../../../test/support/server-process.js"
import type { Fault } from "./fault-run.js"

const run = promisify(execFile)

const openDescriptors = ({ child }: ServerProcess): number => readdirSync(`/proc/${child.pid}/fd`).length

/** Soft limit of a process that runs. @param to how many may be open */
async function limitDescriptors({ child }: ServerProcess, to: number): Promise<void> {
  await run("prlimit", ["--pid", String(child.pid), `--nofile=${to}:`])
}

/** More than the clients of a run and what asks for health can free by leaving. */
const BELOW_WHAT_IS_OPEN = 8
const PLENTY = 1024

/** No file, socket or pipe can be opened any more. */
export const noDescriptors: Fault = {
  name: "descriptors exhausted",
  seen: true,
  async begin(server) {
    await limitDescriptors(server, openDescriptors(server) - BELOW_WHAT_IS_OPEN)
  },
  end: (server) => limitDescriptors(server, PLENTY),
}

/** For `test(name, { skip: withoutPrlimit }, …)`: false, or the reason to print. */
export const withoutPrlimit: false | string = existsSync("/usr/bin/prlimit") ? false : "prlimit is not installed"

/** As little memory for JavaScript as a server can be given. */
export const littleMemory: Fault = {
  name: "64 MB of heap",
  seen: false,
  env: { NODE_OPTIONS: "--max-old-space-size=64" },
  begin: () => Promise.resolve(),
  end: () => Promise.resolve(),
}

const folders = ["/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime"]
const fakeTime = folders.map((folder) => join(folder, "libfaketimeMT.so.1")).find((file) => existsSync(file))

/** For `test(name, { skip: withoutFakeTime }, …)`: false, or the reason to print. */
export const withoutFakeTime: false | string = fakeTime === undefined ? "Debian's faketime is not installed" : false

/** The clock that people read jumps; the one that only counts goes on. @param by of libfaketime: "+6h", "-6h" */
export function jumpingClock(folder: string, by: string): Fault {
  const file = join(folder, "clock")
  const set = (to: string) => () => Promise.resolve(writeFileSync(file, `${to}\n`))
  void set("+0")()
  return {
    name: `clock ${by}`,
    seen: false,
    env: {
      LD_PRELOAD: fakeTime ?? "",
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
    begin: set(by),
    end: set("+0"),
  }
}
