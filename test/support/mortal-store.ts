import { workerData } from "node:worker_threads"
import { answerCalls } from "@sourceprint/serve/store/answer-calls.js"

/** The body of a thread that can be asked to end. */
const part = {
  echo: (text: string) => Promise.resolve(text),
  die: () => process.exit(3),
  close: () => Promise.resolve(),
}

await answerCalls(() => Promise.resolve({ opened: workerData, part: () => part }))
