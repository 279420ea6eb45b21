import { within } from "@sourceprint/core/async/delay.js"
import type { Clock } from "@sourceprint/core/clock.js"
import { messageOf } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"

/** Writes something where the server keeps it; rejects when that is not possible. */
export interface HealthCheck {
  readonly name: string
  probe(): Promise<void>
}

const ANSWER_MS = 3_000
/** An answer is given again for so long: whoever asks often does not make the server write often. */
const KEEP_MS = 1_000

/** Whether the server can do its work, told by doing some: every check writes. */
export class Health {
  private last: { readonly atMs: number; readonly fault: Promise<string | undefined> } | undefined
  private told: string | undefined
  private readonly running = new Map<string, Promise<void>>()

  constructor(
    private readonly checks: readonly HealthCheck[],
    private readonly clock: Pick<Clock, "monotonicMs">,
    private readonly log: Log,
  ) {}

  /** Undefined when all is well, else the name of what is not; answers within 3 s. */
  fault(): Promise<string | undefined> {
    const atMs = this.clock.monotonicMs()
    if (this.last === undefined || atMs - this.last.atMs > KEEP_MS) this.last = { atMs, fault: this.look() }
    return this.last.fault
  }

  private async look(): Promise<string | undefined> {
    const faults = await Promise.all(this.checks.map((check) => this.faultOf(check)))
    const fault = faults.find((found) => found !== undefined)
    if (fault?.name !== this.told) {
      this.told = fault?.name
      if (fault === undefined) this.log.info("health.mended")
      else this.log.error("health.fault", { what: fault.name, why: fault.why })
    }
    return fault?.name
  }

  private async faultOf({ name, probe }: HealthCheck): Promise<{ name: string; why: string } | undefined> {
    // One that does not come back is not asked again meanwhile.
    const running = this.running.get(name) ?? probe().finally(() => this.running.delete(name))
    this.running.set(name, running)
    try {
      const late = await within(running, ANSWER_MS, "late")
      return late === undefined ? undefined : { name, why: `no answer within ${ANSWER_MS / 1000} s` }
    } catch (error) {
      return { name, why: messageOf(error) }
    }
  }
}
