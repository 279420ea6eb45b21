import type { OperatorAction } from "../session.js"

/** Actions in the order in which keys were pressed, from any number of desks. */
export class ActionQueue {
  private readonly waiting: OperatorAction[] = []

  push(action: OperatorAction): void {
    if (this.waiting.length < 100) this.waiting.push(action)
  }

  take(): OperatorAction | undefined {
    return this.waiting.shift()
  }
}
