/** How a client's attempt ended, in words for the person and in an exit code for the program around it. */
export const clientOutcomes = {
  passed: { exitCode: 0, words: "welcome" },
  enrolled: { exitCode: 0, words: "enrolled" },
  refused: {
    exitCode: 3,
    words:
      "not let in: check that it is your finger, on this scanner, or your face in good light, and ask an " +
      "operator if it stays so",
  },
  password: { exitCode: 4, words: "name and password do not belong together" },
  device: {
    exitCode: 5,
    words: "this client is refused before any capture: an operator must register its device key",
  },
  clock: { exitCode: 9, words: "not let in: the clock is off" },
  busy: { exitCode: 6, words: "too many attempts, or a busy server: come back a little later" },
  unreachable: { exitCode: 7, words: "the server cannot be reached" },
  lost: {
    exitCode: 7,
    words:
      "the server is there but ended the connection before it answered, several times: its operator finds the reason " +
      "in its log and at /healthz, a full disk for one",
  },
  sensor: { exitCode: 8, words: "the scanner gave no image" },
} as const

export type ClientOutcome = keyof typeof clientOutcomes

export interface ClientResult {
  readonly outcome: ClientOutcome
  /** What else there is to say; never why a person was refused, which only the server's audit log has. */
  readonly note?: string
  readonly token?: Uint8Array
  readonly expiresAtMs?: number
}
