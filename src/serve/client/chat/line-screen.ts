import { createInterface, cursorTo, type Interface, moveCursor } from "node:readline"
import type { Readable, Writable } from "node:stream"
import { cleanText } from "@sourceprint/protocol/chat/plain-text.js"
import { withoutIsolates } from "@sourceprint/protocol/chat/view/isolated.js"

/** Lines in, lines out. On a terminal what comes in is printed above the line that is being typed, which stays as it
 *  is; into a pipe it is lines and nothing else. */
export interface LineScreen {
  readonly interactive: boolean
  /** What others wrote may be part of it: control characters never reach the terminal. */
  print(text: string): void
  setPrompt(prompt: string): void
  /** What is typed, line by line, until the end of input or Ctrl-C; always the same iterator. */
  lines(): AsyncIterableIterator<string>
  close(): void
}

interface Terminal extends Writable {
  readonly isTTY?: boolean
}

const printable = (text: string): string => withoutIsolates(cleanText(text))

class PlainScreen implements LineScreen {
  readonly interactive = false
  private readonly typed: AsyncIterableIterator<string>

  constructor(
    private readonly input: Interface,
    private readonly output: Writable,
  ) {
    this.typed = input[Symbol.asyncIterator]() // from now on, so that no line is missed
  }

  print(text: string): void {
    this.output.write(`${printable(text)}\n`)
  }

  setPrompt(): void {}

  lines(): AsyncIterableIterator<string> {
    return this.typed
  }

  close(): void {
    this.input.close()
  }
}

class TerminalScreen implements LineScreen {
  readonly interactive = true
  private readonly typed: AsyncIterableIterator<string>

  constructor(
    private readonly input: Interface,
    private readonly output: Writable,
  ) {
    this.typed = input[Symbol.asyncIterator]()
    input.on("SIGINT", () => input.close())
  }

  print(text: string): void {
    moveCursor(this.output, 0, -this.input.getCursorPos().rows)
    cursorTo(this.output, 0)
    this.output.write(`\u001b[J${printable(text)}\n`) // CSI J: clears what was typed; the prompt writes it again below
    this.input.prompt(true)
  }

  setPrompt(prompt: string): void {
    this.input.setPrompt(`${printable(prompt)}> `)
    this.input.prompt(true)
  }

  lines(): AsyncIterableIterator<string> {
    return this.typed
  }

  close(): void {
    this.input.close()
  }
}

/** @param commands are completed by the tabulator key */
export function lineScreen(input: Readable, output: Terminal, commands: readonly string[]): LineScreen {
  const terminal = output.isTTY === true && "isTTY" in input && input.isTTY === true
  if (!terminal) return new PlainScreen(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }), output)
  const completer = (line: string): [string[], string] => [
    line.startsWith("/") ? commands.filter((command) => command.startsWith(line)) : [],
    line,
  ]
  return new TerminalScreen(createInterface({ input, output, terminal, completer, historySize: 200 }), output)
}
