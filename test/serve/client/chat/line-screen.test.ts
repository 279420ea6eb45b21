import assert from "node:assert/strict"
import { PassThrough } from "node:stream"
import { test } from "node:test"
import { helpLines, parseCommand } from "@sourceprint/serve/client/chat/chat-command.js"
import { lineScreen } from "@sourceprint/serve/client/chat/line-screen.js"

/** A stream that says it is a terminal. */
function terminal() {
  let text = ""
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 80,
    rows: 24,
    setRawMode: () => stream,
  })
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk
  })
  return { stream, text: () => text }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const ESC = "\u001b"
const PARTS = new RegExp(`${ESC}\\[\\d*[A-Z]|\\r|\\n|[^${ESC}\\r\\n]+`, "g")
const MOVE = new RegExp(`^${ESC}\\[(\\d*)([A-Z])$`)

/** What a terminal of one long line would show after these bytes: enough for CR, cursor moves and CSI J. */
function shown(bytes: string): string[] {
  const lines: string[] = [""]
  let column = 0
  for (const part of bytes.match(PARTS) ?? []) {
    const move = MOVE.exec(part)
    const line = lines.length - 1
    if (part === "\n") {
      lines.push("")
      column = 0
    } else if (part === "\r") column = 0
    else if (move?.[2] === "G") column = Number(move[1] || 1) - 1
    else if (move?.[2] === "J" || move?.[2] === "K") lines[line] = lines[line].slice(0, column)
    else if (move === null) {
      lines[line] = lines[line].slice(0, column).padEnd(column) + part + lines[line].slice(column + part.length)
      column += part.length
    }
  }
  return lines
}

test("a line that comes in stands above the one that is being typed, which is whole afterwards", async () => {
  const [input, output] = [terminal(), terminal()]
  const screen = lineScreen(input.stream, output.stream, ["/help"])
  screen.setPrompt("Garden")
  input.stream.write("half a sen")
  await settled()
  screen.print("Bob: hello")
  await settled()
  assert.deepEqual(shown(output.text()).slice(-2), ["Bob: hello", "Garden> half a sen"])
  input.stream.write("tence\r")
  assert.equal((await screen.lines().next()).value, "half a sentence")
  screen.close()
})

test("no control character of somebody else reaches the terminal", async () => {
  const [input, output] = [terminal(), terminal()]
  const screen = lineScreen(input.stream, output.stream, [])
  screen.print("a\u001b]0;title\u0007b\u009b31mc\u202ed\u2066e")
  await settled()
  assert.match(output.text(), /a]0;titleb31mcde|a]0;titleb31mcd\u2066e/)
  screen.close()
})

test("a pipe gives lines and takes lines, none lost before somebody asks", async () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const screen = lineScreen(input, output, [])
  input.end("password\r\n/join 1\nlast")
  await settled()
  const lines: string[] = []
  lines.push(String((await screen.lines().next()).value))
  for await (const line of screen.lines()) lines.push(line)
  assert.deepEqual(lines, ["password", "/join 1", "last"])
  screen.print("said")
  assert.equal(String(output.read()), "said\n")
})

test("commands, and texts that look like them", () => {
  assert.deepEqual(parseCommand("/join  the garden "), { command: "join", rest: "the garden" })
  assert.deepEqual(parseCommand("/quit"), { command: "quit" })
  assert.deepEqual(parseCommand("//etc"), { command: "message", text: "/etc" })
  assert.deepEqual(parseCommand(" /not a command"), { command: "message", text: " /not a command" })
  assert.deepEqual(parseCommand("/constructor x"), { command: "unknown", text: "/constructor" })
  assert.equal(parseCommand("  "), undefined)
  assert.ok(helpLines().every((line) => line.startsWith("/")))
})
