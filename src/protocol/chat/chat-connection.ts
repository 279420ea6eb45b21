import { AppError } from "@sourceprint/core/errors.js"
import { ChatLimit } from "./chat-limits.js"
import type { ChatTransport } from "./chat-ports.js"
import { type ChatAnswer, type ChatEvent, type ChatRequest, chatAnswer, chatEvent, chatRequest } from "./wire.js"

/** The chat's requests, answers and events over one transport. */
export class ChatConnection {
  private readonly acks = new Map<string, number>()
  private acking = false
  open = true

  /** Events that no codec of ours wrote are dropped. */
  constructor(
    private readonly transport: ChatTransport,
    onEvent: (event: ChatEvent) => void,
  ) {
    transport.onEvent((body) => {
      const event = this.open ? chatEvent.decode(body) : undefined
      if (event !== undefined) onEvent(event)
    })
  }

  /** The answer, which must be one of `types`; AppError "chat/answer" for another one. */
  async ask<T extends ChatAnswer["type"]>(
    request: ChatRequest,
    ...types: readonly T[]
  ): Promise<Extract<ChatAnswer, { type: T }>> {
    if (!this.open) throw new AppError("application/closed", "the connection to the server has ended")
    const answer = chatAnswer.decode(await this.transport.request(chatRequest.encode(request)))
    if (answer === undefined || !types.includes(answer.type as T)) {
      throw new AppError("chat/answer", `the server's answer to "${request.type}" is none`)
    }
    return answer as Extract<ChatAnswer, { type: T }>
  }

  /** One request of acks is out at a time; what comes meanwhile goes together into the next. An ack that is lost is
   *  made good by the next one of its room, or after the next sign-in. */
  acknowledge(roomId: string, seq: number): void {
    this.acks.set(roomId, seq)
    if (!this.acking) void this.sendAcks()
  }

  private async sendAcks(): Promise<void> {
    this.acking = true
    try {
      while (this.acks.size > 0 && this.open) {
        const acks = [...this.acks].slice(0, ChatLimit.acks).map(([roomId, seq]) => ({ roomId, seq }))
        for (const { roomId } of acks) this.acks.delete(roomId)
        await this.ask({ type: "ack", acks }, "done")
      }
    } catch {
      this.acks.clear() // see above: nothing waits for an ack
    } finally {
      this.acking = false
    }
  }
}
