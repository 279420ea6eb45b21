/** Codes of docs/protocol.md section 6. A code never changes its meaning. */
export const MessageType = {
  signInStart: 0x11,
  signInFinish: 0x12,
  capture: 0x13,
  enrolStart: 0x14,
  enrolRecord: 0x15,
  clientApplication: 0x16,
  addFinger: 0x17,
  resume: 0x18,
  faceCapture: 0x19,
  passkeyAnswer: 0x1a,
  linkDevice: 0x1b,
  chooseScanner: 0x1c,
  recovery: 0x1d,
  deviceState: 0x1e,
  chooseFactors: 0x1f,
  signInResponse: 0x21,
  challenge: 0x22,
  decision: 0x23,
  busy: 0x24,
  enrolResponse: 0x25,
  serverApplication: 0x26,
  faceChallenge: 0x27,
  progress: 0x28,
  scanners: 0x29,
  passkeyChallenge: 0x2a,
  linked: 0x2b,
  factors: 0x2c,
  faceProgress: 0x2d,
} as const

export const Outcome = { pass: 1, fail: 2, retry: 3 } as const
export type Outcome = (typeof Outcome)[keyof typeof Outcome]

export const Modality = { finger: 1, face: 2 } as const
export type Modality = (typeof Modality)[keyof typeof Modality]
