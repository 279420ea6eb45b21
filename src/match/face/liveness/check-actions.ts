import type { FrameGeometry } from "./frame-geometry.js"
import { headDepth } from "./head-depth.js"
import { noseRelief } from "./nose-relief.js"
import { livenessParameters } from "./parameters.js"

/** What a person is asked to do; left and right are the person's own, pictures are not mirrored. */
export type LivenessAction = "turnLeft" | "turnRight" | "blink" | "moveCloser"

export type LivenessFault =
  /** No frame looks straight ahead to begin with. */
  | "no-straight-look"
  /** Other actions, another order, or not back to a straight look in between. */
  | "actions"
  /** The turn is what a picture does, not a head. */
  | "flat"

export interface LivenessVerdict {
  readonly fault: LivenessFault | undefined
  /** Frames that look straight ahead, by index. */
  readonly straight: readonly number[]
  /** The clearest frame of each action done, by index. */
  readonly peaks: readonly number[]
  /** Least over the turns; 0 where there was none. */
  readonly tipRelief: number
  readonly tipOverBridge: number
  readonly depth: number
}

type Pose = LivenessAction | "straight" | "between"

const { neutralYaw, turnYaw, closer, steady, blinkDrop, relief, headDepth: leastDepth } = livenessParameters

function poseOf(frame: FrameGeometry, first: FrameGeometry): Pose {
  const turn = frame.yaw - first.yaw
  if (turn >= turnYaw) return "turnLeft"
  if (turn <= -turnYaw) return "turnRight"
  const scale = frame.eyeDistancePx / first.eyeDistancePx
  if (scale >= closer) return "moveCloser"
  if (Math.abs(turn) > neutralYaw || scale > steady || scale < 1 / steady) return "between"
  return first.eyeDarkness - frame.eyeDarkness >= blinkDrop ? "blink" : "straight"
}

/** A stretch of frames in one pose. */
interface Phase {
  readonly pose: Pose
  readonly frames: number[]
}

/** Neighbouring frames of one pose together; frames between poses left out. */
function phasesOf(poses: readonly Pose[]): readonly Phase[] {
  const phases: Phase[] = []
  poses.forEach((pose, i) => {
    if (pose === "between") return
    const last = phases.at(-1)
    if (last?.pose === pose) last.frames.push(i)
    else phases.push({ pose, frames: [i] })
  })
  return phases
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

/** Do these frames, in order of time, show exactly these actions, each from and back to a look straight ahead, by a head
 *  and not by a picture of one? What was not asked for must not be there either, so that one recording does not answer
 *  every challenge. @param frames one good face each, at least one */
export function checkActions(
  frames: readonly FrameGeometry[],
  actions: readonly LivenessAction[],
): LivenessVerdict {
  const none = { straight: [], peaks: [], tipRelief: 0, tipOverBridge: 0, depth: 0 }
  const start = frames.findIndex(({ yaw }) => Math.abs(yaw) <= neutralYaw)
  if (start < 0) return { ...none, fault: "no-straight-look" }
  const first = frames[start]
  // People blink, look down, and pass through shade: where no blink was asked for, that is a straight look like any other.
  const asked = (pose: Pose): Pose => (pose === "blink" && !actions.includes("blink") ? "straight" : pose)
  const poses = frames.map((frame, i) => (i < start ? "between" : asked(poseOf(frame, first))))
  const phases = phasesOf(poses)
  const straight = poses.flatMap((pose, i) => (pose === "straight" ? [i] : []))
  const done = phases.filter(({ pose }) => pose !== "straight")
  const wanted = actions.flatMap((action) => ["straight", action])
  const shown = phases.map(({ pose }) => pose)
  if (shown.at(-1) === "straight" && wanted.length > 0) shown.pop()
  if (shown.join() !== wanted.join()) return { ...none, straight, fault: "actions" }

  const turns = done.filter(({ pose }) => pose === "turnLeft" || pose === "turnRight")
  const reliefs = turns.map(({ pose, frames: turned }) => {
    const toward = pose === "turnLeft" ? 1 : -1
    const each = turned.map((i) => ({
      ...noseRelief(first.points, frames[i].points, toward),
      depth: headDepth(first.points, frames[i].points, toward),
    }))
    return {
      depth: median(each.map((one) => one.depth)),
      tip: median(each.map((one) => one.tip)),
      tipOverBridge: median(each.map((one) => one.tipOverBridge)),
    }
  })
  const least = (values: readonly number[]): number => (values.length === 0 ? 0 : Math.min(...values))
  const tipRelief = least(reliefs.map((one) => one.tip))
  const tipOverBridge = least(reliefs.map((one) => one.tipOverBridge))
  const depth = least(reliefs.map((one) => one.depth))
  const stands = tipRelief >= relief.tip && tipOverBridge >= relief.tipOverBridge
  const flat = turns.length > 0 && !(stands && depth >= leastDepth)
  const peaks = done.map(({ pose, frames: own }) => clearest(pose, own, frames, first))
  return { fault: flat ? "flat" : undefined, straight, peaks, tipRelief, tipOverBridge, depth }
}

/** The frame in which an action is seen best. */
function clearest(
  pose: Pose,
  own: readonly number[],
  frames: readonly FrameGeometry[],
  first: FrameGeometry,
): number {
  const extent = (i: number): number => {
    if (pose === "moveCloser") return frames[i].eyeDistancePx
    if (pose === "blink") return -frames[i].eyeDarkness
    return Math.abs(frames[i].yaw - first.yaw)
  }
  return own.reduce((best, i) => (extent(i) > extent(best) ? i : best))
}
