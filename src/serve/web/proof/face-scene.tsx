import { useSignal, useSignalEffect } from "@preact/signals"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import type { FaceChallengeMessage } from "@sourceprint/protocol/session-step.js"
import { useEffect, useMemo, useRef } from "preact/hooks"
import { promptWords } from "../face/action-words.js"
import { drawFaces } from "../face/draw-face.js"
import { FaceCapture } from "../face/face-capture.js"
import { Button } from "../ui/button.js"
import { Notice } from "../ui/notice.js"
import { ProgressRing } from "../ui/progress-ring.js"
import { FaceMeters } from "./face-meters.js"
import type { FaceFrames } from "./prove-factors.js"
import { SecondsLeft } from "./seconds-left.js"

interface FaceSceneProps {
  readonly challenge: FaceChallengeMessage
  readonly again: boolean
  readonly untilMs: number
  readonly purpose: "sign-in" | "sign-up"
  answer(frames: FaceFrames): void
}

/** Good frames of each look ahead and each action: the server is sent at most 24 in all, those that differ most. */
const FRAMES_EACH = { "sign-in": 3, "sign-up": 8 } as const

/** The camera, what it sees, and what to do. Starts by a press, so that the question for the camera is no surprise. */
export function FaceScene({ challenge, again, untilMs, purpose, answer }: FaceSceneProps) {
  const started = useSignal(again)
  const failure = useSignal<string | undefined>(undefined)
  if (!started.value)
    return (
      <div class="card">
        <p>
          {purpose === "sign-up"
            ? "The camera takes pictures of your face while you look around a little: about half a minute."
            : "The camera looks at your face while you do what the page asks, so that no photo can stand in " +
              "for you."}{" "}
          Pictures are sent to this server only, sealed.
        </p>
        {failure.value !== undefined && <Notice kind="bad">{failure.value}</Notice>}
        <Button
          kind="primary"
          onClick={() => {
            failure.value = undefined
            started.value = true
          }}
        >
          Start the camera
        </Button>
      </div>
    )
  return (
    <>
      {again && <Notice kind="info">That was not accepted yet. Once more, please: slowly, in good light.</Notice>}
      <LiveCapture
        challenge={challenge}
        purpose={purpose}
        untilMs={untilMs}
        onDone={answer}
        onFailure={(error) => {
          failure.value = words(error)
          started.value = false
        }}
      />
    </>
  )
}

function words(error: unknown): string {
  if (!(error instanceof AppError)) throw error
  const text = messageOf(error).replace(/ \[[^\]]*\]$/, "")
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

interface LiveCaptureProps {
  readonly challenge: FaceChallengeMessage
  readonly purpose: FaceSceneProps["purpose"]
  readonly untilMs: number
  onDone(frames: FaceFrames): void
  onFailure(error: unknown): void
}

function LiveCapture({ challenge, purpose, untilMs, onDone, onFailure }: LiveCaptureProps) {
  const video = useRef<HTMLVideoElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  const capture = useMemo(() => new FaceCapture(challenge.actions, FRAMES_EACH[purpose]), [challenge])
  useEffect(() => {
    if (video.current === null) return
    capture.run(video.current).then((frames) => frames && onDone(frames), onFailure)
    return () => capture.stop()
  }, [capture])
  useSignalEffect(() => {
    const seen = capture.look.value
    if (seen === undefined || overlay.current === null) return
    const style = getComputedStyle(overlay.current)
    const colour = style.getPropertyValue(seen.good ? "--sight-good" : "--sight-poor")
    drawFaces(overlay.current, seen.look, seen.heightPx, colour)
  })
  const state = capture.state.value
  return (
    <div class="card face">
      <p class="prompt" role="status" aria-live="assertive">
        {state === undefined ? "Starting the camera…" : promptWords(state.prompt)}
      </p>
      {state !== undefined && state.restarts > 0 && (
        <Notice kind="info">
          Nothing counted for a while, so it began again from the start
          {state.restarts > 1 && ` (${state.restarts} times)`}: one face, in good light, looking straight ahead.
        </Notice>
      )}
      <div class="camera">
        <video ref={video} playsInline muted />
        <canvas ref={overlay} />
        {state?.prompt?.kind === "action" && (
          <progress class="reached" max={1} value={state.reached} aria-label="How far" />
        )}
      </div>
      {state !== undefined && (
        <div class="face-state">
          <ProgressRing
            label="What was asked"
            value={state.progress}
            words={`${state.goodFrames} good frames of ${state.seenFrames} seen, ${state.keptFrames} kept`}
          />
          <p class="hint">
            <SecondsLeft untilMs={untilMs} /> left
          </p>
          <FaceMeters meters={state.meters} />
        </div>
      )}
    </div>
  )
}
