import { createInterface } from "node:readline/promises"
import type { ActionQueue } from "@sourceprint/capture/session/action-queue.js"
import type { OperatorPort } from "@sourceprint/capture/session.js"
import { eventLines } from "./event-lines.js"
import { usesColour } from "./uses-colour.js"

/** The session on a terminal: what to do now, the image, why another touch; keys act at once. Everything goes to
 *  stderr. On a pipe the same words come as lines, and lines of one letter are the keys. */
export function terminalOperatorPort(actions: ActionQueue): OperatorPort & { close(): void } {
  const keys = listen(actions)
  return {
    take: () => actions.take(),
    show: (event) => void process.stderr.write(`${eventLines(event, usesColour(process.stderr)).join("\n")}\n`),
    close: keys.close,
  }
}

/** Keys while a terminal is attached, else lines. `n` reads a line of text. */
function listen(actions: ActionQueue): { close(): void } {
  const { stdin } = process
  let noting = false
  const note = async (): Promise<void> => {
    noting = true
    stdin.setRawMode(false)
    const reader = createInterface({ input: stdin, output: process.stderr })
    const text = (await reader.question("note: ")).trim()
    reader.close()
    stdin.setRawMode(true)
    stdin.resume()
    noting = false
    if (text !== "") actions.push({ do: "note", text })
  }
  const press = (key: string): void => {
    if (noting) return
    if (key === "n" && stdin.isTTY) return void note()
    const action = actionOf(key)
    if (action !== undefined) actions.push(action)
  }
  const onKeys = (chunk: Buffer): void => {
    if (stdin.isTTY) {
      for (const key of chunk.toString()) press(key)
      return
    }
    for (const line of chunk.toString().split("\n")) {
      if (line.startsWith("n ")) actions.push({ do: "note", text: line.slice(2).trim() })
      else press(line.trim())
    }
  }
  if (stdin.isTTY) stdin.setRawMode(true)
  stdin.on("data", onKeys)
  return {
    close: () => {
      stdin.off("data", onKeys)
      if (stdin.isTTY) stdin.setRawMode(false)
      stdin.pause()
    },
  }
}

function actionOf(key: string): Parameters<ActionQueue["push"]>[0] | undefined {
  switch (key) {
    case "s":
      return { do: "skip" }
    case "u":
      return { do: "undo" }
    case "k":
      return { do: "keep" }
    case "a":
      return { do: "again" }
    case "y":
      return { do: "consent", given: true }
    case "x":
      return { do: "consent", given: false }
    case "q":
    case "\u0003": // Ctrl-C in raw mode
      return { do: "quit" }
    default:
      return undefined
  }
}
