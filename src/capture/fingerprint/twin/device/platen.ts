/** What the twin's platen shows. Everything behind this port is simulated. */
export interface Platen {
  /** Called once for every look of the device (GenImg): one 4-bit level (0-15) a pixel, row-major, or undefined when
   *  no finger is there. */
  look(): Uint8Array | undefined
}

/** A platen that somebody holds fingers on: a test, an operator program, a control line. */
export class HeldPlaten implements Platen {
  private levels: Uint8Array | undefined
  private looksUntilSeen = 0

  /** Puts a finger on the platen. @param levels one 4-bit level (0-15) a pixel, row-major
   *  @param slowLooks looks that still find no finger (a slow finger) */
  place(levels: Uint8Array, slowLooks = 0): void {
    this.levels = levels
    this.looksUntilSeen = slowLooks
  }

  /** Takes the finger away. */
  lift(): void {
    this.levels = undefined
  }

  look(): Uint8Array | undefined {
    if (this.levels === undefined) return undefined
    if (this.looksUntilSeen > 0) {
      this.looksUntilSeen--
      return undefined
    }
    return this.levels
  }
}

/** Plays touches one after another, each for one look, with `liftLooks` looks at an empty platen in between. */
export function playedPlaten(touches: Iterable<Uint8Array>, liftLooks = 1): Platen {
  const iterator = touches[Symbol.iterator]()
  let liftedFor = liftLooks
  return {
    look: () => {
      if (liftedFor < liftLooks) {
        liftedFor++
        return undefined
      }
      const next = iterator.next()
      liftedFor = 0
      return next.done === true ? undefined : next.value
    },
  }
}
