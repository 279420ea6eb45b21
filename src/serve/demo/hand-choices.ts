import { nameKey } from "@sourceprint/protocol/account-name.js"

/** Which simulated finger lies on the scanner when an account's turn comes, and which unit really takes it. */
export interface HandChoice {
  /** "own": a simulated finger that belongs to the account's name; "other": somebody else's; "none". */
  readonly finger: "own" | "other" | "none"
  /** "registered": the scanner that the server asked; "other": another unit that stands in its place. */
  readonly unit: "registered" | "other"
}

const HONEST: HandChoice = { finger: "own", unit: "registered" }

const MAX_NAMES = 1000

/** What the panel of the demonstration has chosen, by account name; honest where nothing was. */
export class HandChoices {
  private readonly chosen = new Map<string, HandChoice>()

  /** @param name canonical */
  of(name: string): HandChoice {
    return this.chosen.get(nameKey(name)) ?? HONEST
  }

  set(name: string, choice: HandChoice): void {
    const key = nameKey(name)
    this.chosen.delete(key)
    this.chosen.set(key, choice)
    if (this.chosen.size > MAX_NAMES) this.chosen.delete(this.chosen.keys().next().value as string)
  }
}
