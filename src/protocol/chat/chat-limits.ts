/** Bounds of everything that travels on the chat channel, so that each request, answer and event fits one frame of a
 *  session (524,288 bytes) with room for the layers around it. */
export const ChatLimit = {
  /** An account's clients: browsers and terminals. */
  clientsPerAccount: 16,
  /** Clients, not persons, in one room. */
  membersPerRoom: 256,
  certificateBytes: 512,
  keyPackageBytes: 2_048,
  /** One-time key packages in one request; a server keeps at most this many a client. */
  keyPackages: 64,
  /** A sealed message. */
  messageBytes: 65_536,
  commitBytes: 131_072,
  welcomeBytes: 262_144,
  signalBytes: 1_024,
  directoryNames: 50,
  /** Items in one answer; the server gives fewer where `answerBytes` would be passed, but at least one. */
  items: 512,
  acks: 512,
  rooms: 256,
  /** What a server packs into one answer of `items` or `rooms` before it says that there is more. */
  answerBytes: 393_216,
} as const
