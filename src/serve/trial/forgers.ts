import { inTurn } from "@sourceprint/core/in-turn.js"
import type { Forgery } from "@sourceprint/model/forgery/forge-image.js"

/** Who plants a scanner's pattern, with password and device key in hand. */
export interface Forger {
  readonly forgery: Forgery
  /** Images of the victim on the victim's scanner that were stolen, at most 100. */
  readonly stolen: number
  /** Where the image comes from that the pattern is put into. */
  readonly base: "other unit" | "strange unit" | "same unit"
}

/** Does what the first papers on sensor noise did. */
export const plainForger: Forger = {
  forgery: { kind: "added", denoiser: "mean-3", strength: 1, keep: 0.5, dither: 0 },
  stolen: 8,
  base: "other unit",
}

/** Know what the server looks for; "redithered" is of a kind that no tamper detector is fitted against. */
const adaptiveForgers: readonly Forger[] = [
  {
    forgery: { kind: "developed", strength: 1.2, noiseDn: 2.2, smoothPx: 1 },
    stolen: 32,
    base: "strange unit",
  },
  { forgery: { kind: "redithered", strength: 1, noiseDn: 1 }, stolen: 32, base: "strange unit" },
  {
    forgery: { kind: "added", denoiser: "wide", strength: 1.5, keep: 0.25, dither: 0 },
    stolen: 32,
    base: "other unit",
  },
  {
    forgery: { kind: "developed", strength: 0.7, noiseDn: 0, smoothPx: 0 },
    stolen: 100,
    base: "strange unit",
  },
  {
    forgery: { kind: "added", denoiser: "mean-3", strength: 1, keep: 0.5, dither: 0 },
    stolen: 100,
    base: "strange unit",
  },
]

export const forgerAt = (turn: number): Forger => inTurn(adaptiveForgers, turn)
