import { execFile } from "node:child_process"
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const signIn = "src/protocol/message.ts"
const steps = "src/protocol/session-step.ts"
const turns = "src/serve/server/auth/turns.ts"
const connection = "src/serve/server/application/application-connection.ts"
const fileWire = "src/protocol/files/file-wire.ts"
const fileChannel = "src/serve/server/files/file-channel.ts"
const operator = "src/protocol/operator/operator-messages.ts"
const operatorChannel = "src/serve/server/operator/operator-channel.ts"

const chatWire = "src/protocol/chat/wire.ts"
const chatCore = "src/protocol/chat/chat-core.ts"
const chatRelay = "src/serve/server/chat/chat-relay.ts"

interface Incomplete {
  readonly what: string
  /** The file that must not compile. */
  readonly file: string
  /** [file, text that stands in it once, text that goes before that] */
  readonly edits: readonly (readonly [file: string, before: string, added: string])[]
  /** What the compiler says of that file. */
  readonly says: RegExp
}

/** New messages that lack one of their parts. */
export const incompleteMessages: readonly Incomplete[] = [
  {
    what: "a message without fields",
    file: signIn,
    edits: [[signIn, "  addFinger: toServer", "  ping: toServer(0x30),\n"]],
    says: /Expected 2 arguments, but got 1/,
  },
  {
    what: "a message without a direction",
    file: signIn,
    edits: [[signIn, "  addFinger: toServer", "  ping: [0x30, { token: fixed(32) }],\n"]],
    says: /TS2322.*'(ping|readonly \[)/,
  },
  {
    what: "a message of a client that no turn takes",
    file: turns,
    edits: [[signIn, "  addFinger: toServer", "  ping: toServer(0x30, { token: fixed(32) }),\n"]],
    says: /Property 'ping' is missing/,
  },
  {
    what: "a message of a client that whoever receives its turn does not handle",
    file: connection,
    edits: [
      [signIn, "  addFinger: toServer", "  ping: toServer(0x30, { token: fixed(32) }),\n"],
      [turns, '  addFinger: "passed"', '  ping: "passed",\n'],
    ],
    says: /Property 'channel' does not exist/,
  },
  {
    what: "a message of a server that nothing waits for",
    file: steps,
    edits: [[signIn, "  busy: toClient", "  ping: toClient(0x30, { token: fixed(32) }),\n"]],
    says: /Property 'ping' is missing/,
  },
  {
    what: "a request of the chat without a handler",
    file: chatRelay,
    edits: [[chatWire, "  directory: toServer", "  ping: toServer(0x10, { token: fixed(32) }),\n"]],
    says: /"ping"/,
  },
  {
    what: "an event of the chat without a handler",
    file: chatCore,
    edits: [[chatWire, "  presence: toClient", "  ping: toClient(0x90, { token: fixed(32) }),\n"]],
    says: /"ping".*does not satisfy the expected type 'never'/,
  },
  {
    what: "a request without an answer",
    file: fileWire,
    edits: [[fileWire, "  usage: request", "  ping: request(8, {}),\n"]],
    says: /Expected 3 arguments, but got 2/,
  },
  {
    what: "a request without a handler",
    file: fileChannel,
    edits: [[fileWire, "  usage: request", "  ping: request(8, {}, nothing),\n"]],
    says: /Property 'ping' is missing/,
  },
  {
    what: "an operator's request without a handler",
    file: operatorChannel,
    edits: [[operator, "  devices: [", "  ping: [{}, done],\n"]],
    says: /Property 'ping' is missing/,
  },
]

/** Compiles a copy of the sources that messages concern, without edits and with each of the incomplete ones. Needs a
 *  build. @returns what the compiler says of each; of the copy as it is under "as it is" */
export async function compileIncomplete(): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "incomplete-"))
  const path = (file: string): string => join(folder, file)
  try {
    for (const name of ["src/protocol", "src/serve"]) {
      const filter = (from: string): boolean => !/[\\/](dist|web|node_modules)$/.test(from)
      await cp(join(root, name), path(name), { recursive: true, filter })
    }
    await symlink(join(root, "node_modules"), path("node_modules"))
    await writeFile(path("package.json"), '{ "type": "module" }')
    const said = new Map([["as it is", await compile(folder, [turns, steps, connection, fileChannel])]])
    for (const { what, file: bad, edits } of incompleteMessages) {
      for (const [file, before, added] of edits) {
        const text = await readFile(join(root, file), "utf8")
        if (text.split(before).length !== 2) throw new Error(`"${before}" does not stand once in ${file}`)
        await writeFile(path(file), text.replace(before, added + before))
      }
      const complaints = (await compile(folder, [bad])).split(/\n(?=\S)/)
      said.set(what, complaints.filter((line) => line.startsWith(bad)).join("\n"))
      for (const [file] of edits) await cp(join(root, file), path(file))
    }
    return said
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What the compiler says; "" where it has nothing to say. */
async function compile(folder: string, files: readonly string[]): Promise<string> {
  const compilerOptions = {
    noUncheckedIndexedAccess: false,
    composite: false,
    declarationMap: false,
    noEmit: true,
    paths: { "@sourceprint/protocol/*.js": ["./src/protocol/*.ts"] },
  }
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions, files }
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config))
  const tsc = join(root, "node_modules/typescript/bin/tsc")
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", "."], { cwd: folder }, (error, stdout, stderr) => {
      resolve(error === null ? "" : `${stdout}${stderr}` || error.message)
    })
  })
}
