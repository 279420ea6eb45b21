/** One end of a connection that carries frames: a TCP socket, a WebSocket, or two queues in a test. */
export interface FramePort {
  /** Resolves when the carrier has taken the frame; rejects with AppError "protocol/closed" when it is gone. */
  send(body: Uint8Array): Promise<void>
  /** The next frame's body; undefined when the peer closed, sent a length above `limitBytes`, or went silent. */
  receive(limitBytes: number): Promise<Uint8Array | undefined>
  close(): void
}
