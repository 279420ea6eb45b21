/** Why no frame came: the peer closed; a length was 0 or above the limit; the time was up. */
export type PortEnd = "closed" | "size" | "timeout"

/** One end of a connection that carries frames: a TCP socket, a WebSocket, or two queues in a test. */
export interface FramePort {
  /** Resolves when the carrier has taken the frame; a frame for a peer that is gone is dropped. */
  send(body: Uint8Array): Promise<void>
  /** The next frame's body, or why there is none; after an end the port gives nothing more.
   *  @param limitBytes of the body @param timeoutMs for the whole frame; absent: as long as it takes */
  receive(limitBytes: number, timeoutMs?: number): Promise<Uint8Array | PortEnd>
  /** Ends the connection; a waiting `receive` gives "closed". */
  close(): void
}
