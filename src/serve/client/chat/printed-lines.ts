import { AppError } from "@sourceprint/core/errors.js"

/** What was printed, for a script that waits until a line has come. */
export class PrintedLines {
  private readonly lines: string[] = []
  private heard: (() => void) | undefined

  /** @param most lines that a wait looks back at */
  constructor(private readonly most = 10_000) {}

  add(line: string): void {
    this.lines.push(line)
    if (this.lines.length > this.most) this.lines.shift()
    this.heard?.()
  }

  /** Resolves when a line since the last wait holds the text. @throws AppError "chat/command" when none has come in
   *  time */
  waitFor(text: string, patienceMs: number): Promise<void> {
    const look = (): boolean => {
      const at = this.lines.findIndex((line) => line.includes(text))
      if (at >= 0) this.lines.splice(0, at + 1)
      return at >= 0
    }
    if (look()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.heard = undefined
        reject(new AppError("chat/command", `no line with “${text}” has come`))
      }, patienceMs)
      this.heard = () => {
        if (!look()) return
        clearTimeout(timer)
        this.heard = undefined
        resolve()
      }
    })
  }
}
