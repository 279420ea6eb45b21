/** What other programs may use of this package, in Node and in a browser; its other files may change with every
 *  version.
 *  @packageDocumentation */
export { type ClientDeps, ClientSession, type Credentials } from "./client-session.js"
export type { CryptoProvider, Signer } from "./crypto-provider.js"
export { FrameLimit } from "./frame.js"
export type { FramePort, PortEnd } from "./frame-port.js"
export { acceptHello, type Handshake, openHandshake } from "./handshake.js"
export type { PasswordProof } from "./password-proof.js"
export { SecureChannel } from "./secure-channel.js"
export { webCrypto } from "./web-crypto.js"
