import { inTurn } from "@sourceprint/core/in-turn.js"
import { FrameLimit } from "@sourceprint/protocol/frame.js"
import type { Attack, AttackTarget } from "./attack.js"
import { honestSession, passed } from "./honest-session.js"
import { InterceptingPort } from "./intercepting-port.js"

/** Even the right person is rejected now and then. */
const GENUINE_TRIES = 6

/** A session that passed, as a recorder on the wire has it. */
async function recorded(target: AttackTarget): Promise<readonly Uint8Array[]> {
  for (let touch = 0; touch < GENUINE_TRIES; touch++) {
    const port = new InterceptingPort(await target.connect())
    if (passed(await honestSession(target, port, target.freshImpression()))) return port.sent
  }
  throw new Error("the session to be recorded did not pass: the trial is not set up as it should be")
}

/** Plays a recording's frames to the server. True when as many answers come as the recording had and the last is as
 *  long as a decision: the player cannot open it, but the server would have served it. */
async function play(target: AttackTarget, frames: readonly Uint8Array[]): Promise<boolean> {
  const port = await target.connect()
  try {
    let answers = 0
    for (const frame of frames) {
      await port.send(frame)
      const answer = await port.receive(FrameLimit.session, 2000)
      if (typeof answer === "string") break
      answers++
    }
    return answers >= frames.length
  } finally {
    port.close()
  }
}

const recordings = new WeakMap<AttackTarget, Promise<readonly Uint8Array[]>>()
function shared(target: AttackTarget): Promise<readonly Uint8Array[]> {
  const recording = recordings.get(target) ?? recorded(target)
  recordings.set(target, recording)
  return recording
}

const replayAtOnce: Attack = {
  id: "replay-window",
  title: "a recorded session played again within the window",
  run: async (target) => play(target, await shared(target)),
}

const replayLater: Attack = {
  id: "replay-later",
  title: "a recorded session played again an hour later",
  alone: true,
  async run(target) {
    const frames = await shared(target)
    target.advanceClock(3_600_000)
    try {
      return await play(target, frames)
    } finally {
      target.advanceClock(-3_600_000)
    }
  },
}

const replayAfterRestart: Attack = {
  id: "replay-restart",
  title: "a recorded session played again after the server restarted",
  alone: true,
  async run(target) {
    const frames = await shared(target)
    await target.restart()
    return play(target, frames)
  },
}

const replaySpliced: Attack = {
  id: "replay-splice",
  title: "a recorded frame put into a session of the victim",
  async run(target, attempt) {
    const frames = await shared(target)
    const index = attempt % frames.length
    const recorded = inTurn(frames, index)
    const port = new InterceptingPort(await target.connect(), (i, body) => [i === index ? recorded : body])
    return passed(await honestSession(target, port, target.freshImpression()))
  },
}

export const replayAttacks: readonly Attack[] = [replayAtOnce, replaySpliced, replayLater, replayAfterRestart]
