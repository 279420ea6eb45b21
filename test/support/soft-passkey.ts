import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto"
import { isoCBOR } from "@simplewebauthn/server/helpers"
import { concat, u16, u32, utf8 } from "@sourceprint/core/bytes.js"

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url")
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest())

/** A platform authenticator in software (ES256, attestation "none"), as a browser's credentials.create and get would
 *  answer. WebAuthn level 2, sections 6.1 and 6.5 */
export class SoftPasskey {
  private readonly keys = generateKeyPairSync("ec", { namedCurve: "P-256" })
  readonly id = base64url(randomBytes(16))
  counter = 0

  constructor(
    private readonly rpId: string,
    private readonly origin: string,
  ) {}

  create(challenge: string): string {
    const { x = "", y = "" } = this.keys.publicKey.export({ format: "jwk" })
    const cose = new Map<number, number | Uint8Array<ArrayBuffer>>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x, "base64url"))],
      [-3, new Uint8Array(Buffer.from(y, "base64url"))],
    ])
    const id = new Uint8Array(Buffer.from(this.id, "base64url"))
    const credential = concat([new Uint8Array(16), u16(id.length), id, isoCBOR.encode(cose)])
    const attestation = new Map<string, unknown>([
      ["fmt", "none"],
      ["attStmt", new Map()],
      ["authData", concat([this.authenticatorData(0x45), credential])],
    ])
    const attestationObject = isoCBOR.encode(attestation as Parameters<typeof isoCBOR.encode>[0])
    return this.response({
      clientDataJSON: base64url(this.clientData("webauthn.create", challenge)),
      attestationObject: base64url(attestationObject),
      transports: ["internal"],
    })
  }

  get(challenge: string): string {
    this.counter++
    const clientData = this.clientData("webauthn.get", challenge)
    const data = this.authenticatorData(0x05)
    const signature = sign("sha256", concat([data, sha256(clientData)]), this.keys.privateKey)
    return this.response({
      clientDataJSON: base64url(clientData),
      authenticatorData: base64url(data),
      signature: base64url(signature),
    })
  }

  private authenticatorData(flags: number): Uint8Array {
    return concat([sha256(utf8(this.rpId)), Uint8Array.of(flags), u32(this.counter)])
  }

  private clientData(type: string, challenge: string): Uint8Array {
    return utf8(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }))
  }

  private response(response: Record<string, unknown>): string {
    const { id } = this
    return JSON.stringify({ id, rawId: id, type: "public-key", response, clientExtensionResults: {} })
  }
}
