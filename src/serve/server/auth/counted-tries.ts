import type { Clock } from "@sourceprint/core/clock.js"
import type { Attempt, AttemptLimits } from "./limits.js"
import type { Reason } from "./reason.js"

/** What one admitted attempt adds to the limits. Admission has counted one failure already. Whatever is judged counts
 *  when it is judged: from then on a peer that leaves takes nothing back, and every refusal after the first counts one
 *  more. */
export class CountedTries {
  private anyJudged = false
  private counted = 1
  private refusals = 0

  constructor(
    private readonly limits: AttemptLimits,
    private readonly attempt: Attempt,
    private readonly clock: Clock,
  ) {}

  /** A capture or an answer was judged. @param reason of its refusal, if it was refused; a picture that is too poor to
   *  be compared says nothing of whose it is, and counts no more than the attempt */
  async judged(reason: Reason | undefined): Promise<void> {
    this.anyJudged = true
    if (reason === undefined || reason === "quality" || ++this.refusals === 1) return
    this.counted++
    await this.limits.failed(this.attempt, this.clock.nowMs())
  }

  /** The peer left, or the server was busy: forgiven where nothing was judged. */
  async left(): Promise<void> {
    if (!this.anyJudged) await this.limits.forgive(this.attempt)
  }

  async passed(): Promise<void> {
    await this.limits.passed(this.attempt, this.counted)
  }
}
