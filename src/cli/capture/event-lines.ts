import { imagePreview } from "@sourceprint/capture/session/preview.js"
import type { SessionEvent, SessionProgress } from "@sourceprint/capture/session.js"
import { formatDuration } from "@sourceprint/core/progress.js"
import picocolors from "picocolors"

const KEYS = "s skip · u undo the last · n note · q quit"
const PREVIEW_COLUMNS = 48

/** What a terminal says for one event of a session: what to do now, the image, why another touch. */
export function eventLines(event: SessionEvent, colours: boolean): readonly string[] {
  const pc = picocolors.createColors(colours)
  switch (event.kind) {
    case "opened":
      return [pc.dim(`${event.scanner}: ${event.sensor}`)]
    case "consent":
      return [
        `\n${pc.bold(`Consent of ${event.subject}`)}`,
        event.text,
        "y agrees · x does not (all touches of this person are skipped) · q quit",
      ]
    case "place": {
      const { step, impressions, refused, progress } = event
      const again = refused > 0 ? `, again (${refused} refused)` : ""
      const what = `${step.finger.replace("-", " ")} of ${step.subject} on ${step.scanner}`
      return [
        `\n${pc.bold(`Place the ${what}`)}: ${step.impression} of ${impressions}${again}`,
        pc.dim(`${soFar(progress)} · ${KEYS}`),
      ]
    }
    case "reading":
      return ["Hold still, the image is being read …"]
    case "image":
      return [imagePreview(event.image, PREVIEW_COLUMNS, colours)]
    case "refused": {
      const reasons = event.reasons.map((reason) => pc.yellow(`Another touch, please: ${reason}`))
      return event.decide ? [...reasons, "k keep it all the same · a again · s skip"] : reasons
    }
    case "saved":
      return [pc.green(`Saved ${event.sample.path}`)]
    case "lift":
      return [pc.bold("Lift the finger.")]
    case "skipped":
      return [`Skipped ${event.step.path}: ${event.why}`]
    case "undone":
      return [`Removed ${event.path}; it is asked for again`]
    case "noted":
      return [`Noted: ${event.text}`]
    case "trouble":
      return [pc.red(event.message), pc.red(event.cure)]
    case "finished": {
      const end = event.complete ? "The plan is complete" : "Stopped; the same command continues"
      return [`\n${end}: ${soFar(event.progress)}`]
    }
  }
}

function soFar({ done, skipped, total, remainingMs }: SessionProgress): string {
  const left = remainingMs === undefined ? "" : `, about ${formatDuration(remainingMs)} left`
  return `${done} of ${total} touches${skipped > 0 ? `, ${skipped} skipped` : ""}${left}`
}
