import type { FaceCaptureMessage } from "@sourceprint/protocol/message.js"
import type { FaceChallengeMessage } from "@sourceprint/protocol/session-step.js"
import { busy, type ChannelContext, refusal } from "../application/channel.js"
import type { AuthDeps } from "../auth/auth-deps.js"
import { newFaceChallenge, type OutstandingFace } from "../auth/face/face-challenge.js"
import { judgeFaces } from "../auth/face/judge-faces.js"
import { openTemplates, sealTemplate } from "../auth/finger/seal-template.js"
import { mendable } from "../auth/reason.js"
import { byOwner } from "./by-owner.js"

/** A further face template of an account (with a beard, with glasses): a live capture as in a sign-in. Where the
 *  account has a face already it has to be that person's. */
export class AddingFace {
  private asked: OutstandingFace | undefined
  private lastSequence = 0

  constructor(
    private readonly deps: AuthDeps,
    private readonly context: ChannelContext,
  ) {}

  /** @throws refusal "face" where this server takes none */
  begin(): FaceChallengeMessage {
    if (this.deps.inspector.faces === undefined) throw refusal("face", "this server takes no faces")
    this.asked = newFaceChallenge(this.deps, 1)
    return this.asked.message
  }

  /** @throws refusal "face" where none was begun or what came is no capture for it; busy */
  async add(capture: FaceCaptureMessage): Promise<"added" | "again"> {
    const { deps, context, asked } = this
    const { faces } = deps.inspector
    if (asked === undefined || faces === undefined) {
      throw refusal("face", "the capture has ended, or the connection was lost meanwhile: begin it again")
    }
    const accountId = context.account.id
    const references = openTemplates(deps, await deps.store.templates(accountId), "face", faces.matcherId)
    // Here the capture time is by the server's clock, counted on from the challenge's own time.
    const when = { skewMs: 0, lastSequence: this.lastSequence }
    const judged = await judgeFaces(deps, asked, when, capture, { references, enrols: true })
    if (judged === "busy") throw busy()
    this.asked = undefined
    this.lastSequence = capture.sequence
    const { reason, template, imageDigests, detail } = judged
    if (reason !== undefined || template === undefined) {
      await deps.store.appendAudit([{ ...byOwner(deps, context, reason ?? "face"), detail }])
      if (reason !== undefined && !mendable.has(reason)) throw refusal("face", "the pictures were not accepted")
      return "again"
    }
    const kept = {
      accountId,
      finger: "face",
      modality: "face",
      matcherId: faces.matcherId,
      bytes: template,
    } as const
    await context.require({ fresh: true }) // judging took its time
    const digests = deps.policy.refuseSeenImages ? imageDigests : []
    const event = byOwner(deps, context, "face-added")
    const added = await deps.store.addTemplates([sealTemplate(deps, kept)], digests, event)
    if (added === "full") throw refusal("face", "the account holds as many faces as it may: remove one first")
    if (added === "replay") throw refusal("face", "the pictures were not accepted")
    return "added"
  }
}
