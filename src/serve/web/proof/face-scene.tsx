import { useSignal, useSignalEffect } from "@preact/signals"
import { useEffect, useMemo, useRef } from "preact/hooks"
import type { FaceChallengeMessage } from "../../../protocol/session-step.js"
import { AppError, messageOf } from "../../../shared/errors.js"
import { promptWords } from "../face/action-words.js"
import { drawFaces } from "../face/draw-face.js"
import { FaceCapture, MOST_GOOD_FRAMES } from "../face/face-capture.js"
import { Button } from "../ui/button.js"
import { Notice } from "../ui/notice.js"
import { ProgressRing } from "../ui/progress-ring.js"
import { FaceMeters } from "./face-meters.js"
import type { FaceFrames } from "./prove-factors.js"

interface FaceSceneProps {
  readonly challenge: FaceChallengeMessage
  readonly again: boolean
  readonly purpose: "sign-in" | "sign-up"
  answer(frames: FaceFrames): void
}

const DIVERSE_AT_SIGN_UP = 14

/** The camera, what it sees, and what to do. Starts by a press, so that the question for the camera is no surprise. */
export function FaceScene({ challenge, again, purpose, answer }: FaceSceneProps) {
  const started = useSignal(again)
  const failure = useSignal<string | undefined>(undefined)
  if (!started.value)
    return (
      <div class="card">
        <p>
          {purpose === "sign-up"
            ? "The camera takes pictures of your face while you look around a little: about half a minute."
            : "The camera looks at your face while you do what the page asks, so that no photo can stand in for you."}{" "}
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
      {again && (
        <Notice kind="info">That was not accepted yet. Once more, please: slowly, in good light.</Notice>
      )}
      <LiveCapture
        challenge={challenge}
        purpose={purpose}
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
  onDone(frames: FaceFrames): void
  onFailure(error: unknown): void
}

function LiveCapture({ challenge, purpose, onDone, onFailure }: LiveCaptureProps) {
  const video = useRef<HTMLVideoElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  const capture = useMemo(
    () => new FaceCapture(challenge.actions, purpose === "sign-up" ? DIVERSE_AT_SIGN_UP : 0),
    [challenge],
  )
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
  const looking = state !== undefined && purpose === "sign-up" && state.stages.done === 0
  return (
    <div class="card face">
      <p class="prompt" role="status" aria-live="assertive">
        {state === undefined
          ? "Starting the camera…"
          : looking
            ? "Look around a little: left, right, up, down"
            : promptWords(state.prompt)}
      </p>
      <div class="camera">
        <video ref={video} playsInline muted />
        <canvas ref={overlay} />
        {state !== undefined && state.prompt.kind === "action" && (
          <progress class="reached" max={1} value={state.reached} aria-label="How far" />
        )}
      </div>
      {state !== undefined && (
        <div class="face-state">
          {purpose === "sign-up" ? (
            <ProgressRing
              label="Frames with a good face"
              value={
                (state.goodFrames / MOST_GOOD_FRAMES) * 0.5 + (0.5 * state.keptFrames) / DIVERSE_AT_SIGN_UP
              }
              words={`${state.goodFrames} good frames seen, ${state.keptFrames} different ones kept`}
            />
          ) : (
            <ProgressRing
              label="What was asked"
              value={state.stages.done / state.stages.of}
              words={`${state.stages.done} of ${state.stages.of} done`}
            />
          )}
          <FaceMeters meters={state.meters} />
        </div>
      )}
    </div>
  )
}
