import type { Point } from "../detect-face.js"
import type { FrameGeometry } from "./frame-geometry.js"
import { headTurn } from "./head-turn.js"
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
  /** See `headTurn`: the mean over the frames of a turn, least over the turns; 0 where there was none. */
  readonly head: number
}

type Pose = LivenessAction | "straight" | "between"

const { neutralYaw, turnYaw, closer, steady, blinkDrop, headTurn: leastHead } = livenessParameters

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** How this person looks straight ahead. */
type Rest = Pick<FrameGeometry, "yaw" | "eyeDistancePx" | "eyeDarkness">

const isCalm = ({ yaw }: FrameGeometry): boolean => Math.abs(yaw) <= neutralYaw

/** Pooled, so that no single frame is what all others are held against: the yaw over all frames that look ahead, drawn
 *  half way to straight, since a few frames say little of how somebody holds the head; size and eyes over the first
 *  look, which ends where the head turns, comes closer or shuts its eyes. Undefined without a look. */
function restOf(frames: readonly FrameGeometry[]): Rest | undefined {
  const start = frames.findIndex(isCalm)
  if (start < 0) return undefined
  const [first] = frames.slice(start)
  const look = [first]
  for (const frame of frames.slice(start + 1)) {
    const scale = frame.eyeDistancePx / first.eyeDistancePx
    const shut = first.eyeDarkness - frame.eyeDarkness >= blinkDrop
    if (!isCalm(frame) || scale > steady || scale < 1 / steady || shut) break
    look.push(frame)
  }
  return {
    yaw: mean(frames.filter(isCalm).map(({ yaw }) => yaw)) / 2,
    eyeDistancePx: mean(look.map(({ eyeDistancePx }) => eyeDistancePx)),
    eyeDarkness: mean(look.map(({ eyeDarkness }) => eyeDarkness)),
  }
}

function poseOf(frame: FrameGeometry, rest: Rest): Pose {
  const turn = frame.yaw - rest.yaw
  if (turn >= turnYaw) return "turnLeft"
  if (turn <= -turnYaw) return "turnRight"
  const scale = frame.eyeDistancePx / rest.eyeDistancePx
  if (scale >= closer) return "moveCloser"
  if (Math.abs(turn) > neutralYaw || scale > steady || scale < 1 / steady) return "between"
  return rest.eyeDarkness - frame.eyeDarkness >= blinkDrop ? "blink" : "straight"
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

/** One face of several frames, point by point. */
const meanPoints = (frames: readonly FrameGeometry[]): readonly Point[] =>
  frames[0].points.map((_, i) => ({
    x: mean(frames.map(({ points }) => points[i].x)),
    y: mean(frames.map(({ points }) => points[i].y)),
  }))

/** Do these frames, in order of time, show exactly these actions, each from and back to a look straight ahead, by a
 *  head and not by a picture of one? What was not asked for must not be there either, so that one recording does not
 *  answer every challenge. @param frames one good face each, at least one */
export function checkActions(frames: readonly FrameGeometry[], actions: readonly LivenessAction[]): LivenessVerdict {
  const none = { straight: [], peaks: [], head: 0 }
  const rest = restOf(frames)
  if (rest === undefined) return { ...none, fault: "no-straight-look" }
  // People blink, look down, and pass through shade: where no blink was asked for, that is a straight look like any
  // other.
  const asked = (pose: Pose): Pose => (pose === "blink" && !actions.includes("blink") ? "straight" : pose)
  const seen = frames.map((frame) => asked(poseOf(frame, rest)))
  const start = seen.indexOf("straight")
  const poses = seen.map((pose, i) => (i < start ? "between" : pose))
  const phases = phasesOf(poses)
  const straight = poses.flatMap((pose, i) => (pose === "straight" ? [i] : []))
  const done = phases.filter(({ pose }) => pose !== "straight")
  const wanted = actions.flatMap((action) => ["straight", action])
  const shown = phases.map(({ pose }) => pose)
  if (shown.at(-1) === "straight" && wanted.length > 0) shown.pop()
  if (shown.join() !== wanted.join()) return { ...none, straight, fault: "actions" }

  const ahead = meanPoints(straight.map((i) => frames[i]))
  const heads = done
    .filter(({ pose }) => pose === "turnLeft" || pose === "turnRight")
    .map(({ pose, frames: turned }) =>
      mean(turned.map((i) => headTurn(ahead, frames[i].points, pose === "turnLeft" ? 1 : -1))),
    )
  const head = heads.length === 0 ? 0 : Math.min(...heads)
  const flat = heads.length > 0 && !(head >= leastHead)
  const peaks = done.map(({ pose, frames: own }) => clearest(pose, own, frames, rest))
  return { fault: flat ? "flat" : undefined, straight, peaks, head }
}

/** The frame in which an action is seen best. */
function clearest(pose: Pose, own: readonly number[], frames: readonly FrameGeometry[], rest: Rest): number {
  const extent = (i: number): number => {
    if (pose === "moveCloser") return frames[i].eyeDistancePx
    if (pose === "blink") return -frames[i].eyeDarkness
    return Math.abs(frames[i].yaw - rest.yaw)
  }
  return own.reduce((best, i) => (extent(i) > extent(best) ? i : best))
}
