import { MessageType } from "./message.js"
import type { BusyMessage, SessionStep } from "./session-step.js"

const isBusy = (step: SessionStep): step is BusyMessage => step.type === MessageType.busy

/** Repeats a request while the server answers busy, after the time that it names. @param wait may throw to give up */
export async function whenNotBusy<Step extends SessionStep>(
  request: () => Promise<Step>,
  wait: (forMs: number) => Promise<void>,
): Promise<Exclude<Step, BusyMessage>> {
  for (;;) {
    const step: SessionStep = await request()
    if (!isBusy(step)) return step as Exclude<Step, BusyMessage>
    await wait(step.retryAfterMs)
  }
}
