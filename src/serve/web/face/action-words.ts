import { FaceAction } from "@sourceprint/protocol/face-action.js"
import type { GuidePrompt } from "./face-guide.js"

const actions: Record<FaceAction, string> = {
  [FaceAction.turnLeft]: "Turn your head to your left",
  [FaceAction.turnRight]: "Turn your head to your right",
  [FaceAction.blink]: "Close your eyes for a moment",
  [FaceAction.moveCloser]: "Come closer to the camera",
}

/** What the person is to do now. */
export const promptWords = (prompt: GuidePrompt): string =>
  prompt.kind === "ahead" ? "Look straight into the camera" : actions[prompt.action]
